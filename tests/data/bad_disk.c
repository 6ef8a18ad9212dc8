/* A disk that fails on order, for the tests: preloaded, it stands between a program and the system's calls.
 * While $BAD_DISK/full exists, regular files take no more bytes; while $BAD_DISK/unsynced exists, syncing fails. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int ordered(const char *what) {
    const char *dir = getenv("BAD_DISK");
    char path[4096];
    return dir && snprintf(path, sizeof path, "%s/%s", dir, what) < (int)sizeof path && access(path, F_OK) == 0;
}

ssize_t write(int fd, const void *bytes, size_t count) {
    static ssize_t (*real)(int, const void *, size_t);
    struct stat file;
    if (!real) real = dlsym(RTLD_NEXT, "write");
    if (ordered("full") && fstat(fd, &file) == 0 && S_ISREG(file.st_mode)) {
        /* Half of it still fits. */
        if (count > 1) return real(fd, bytes, count / 2);
        errno = ENOSPC;
        return -1;
    }
    return real(fd, bytes, count);
}

static int sync_or_fail(int fd, const char *name) {
    int (*real)(int) = dlsym(RTLD_NEXT, name);
    if (ordered("unsynced")) {
        errno = EIO;
        return -1;
    }
    return real(fd);
}

int fsync(int fd) { return sync_or_fail(fd, "fsync"); }
int fdatasync(int fd) { return sync_or_fail(fd, "fdatasync"); }
