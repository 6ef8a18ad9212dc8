/* A disk that fails on order, for the tests: preloaded, it stands between a program and the system's calls.
 * While $BAD_DISK/full exists, regular files take no more bytes; while $BAD_DISK/no_room exists, they take what they have room for and
 * don't grow, as a database's preallocated files are on a full disk; while $BAD_DISK/unsynced exists, syncing fails. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static int ordered(const char *what) {
    const char *dir = getenv("BAD_DISK");
    char path[4096];
    return dir && snprintf(path, sizeof path, "%s/%s", dir, what) < (int)sizeof path && access(path, F_OK) == 0;
}

/* Whether this is a file on the disk, and not somebody's log or shared memory. */
static int is_on_disk(int fd, struct stat *file) {
    char link[64], path[4096];
    ssize_t length;
    if (fd == STDOUT_FILENO || fd == STDERR_FILENO || fstat(fd, file) != 0 || !S_ISREG(file->st_mode)) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    length = readlink(link, path, sizeof path - 1);
    return length <= 0 || strncmp(path, "/dev/shm/PostgreSQL", 19) != 0;
}

/* Whether there is no room for what would end here. */
static int lacks_room(int fd, off_t end) {
    struct stat file;
    int saved = errno, lacks = ordered("no_room") && is_on_disk(fd, &file) && end > file.st_size;
    errno = lacks ? ENOSPC : saved;
    return lacks;
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
    if (lacks_room(fd, lseek(fd, 0, SEEK_CUR) + (off_t)count)) return -1;
    return real(fd, bytes, count);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
    static ssize_t (*real)(int, const void *, size_t, off_t);
    if (!real) real = dlsym(RTLD_NEXT, "pwrite");
    return lacks_room(fd, at + (off_t)count) ? -1 : real(fd, bytes, count, at);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) {
    static ssize_t (*real)(int, const struct iovec *, int, off_t);
    off_t end = at;
    if (!real) real = dlsym(RTLD_NEXT, "pwritev");
    for (int part = 0; part < count; part++) end += (off_t)parts[part].iov_len;
    return lacks_room(fd, end) ? -1 : real(fd, parts, count, at);
}

int posix_fallocate(int fd, off_t at, off_t count) {
    static int (*real)(int, off_t, off_t);
    if (!real) real = dlsym(RTLD_NEXT, "posix_fallocate");
    return lacks_room(fd, at + count) ? ENOSPC : real(fd, at, count);
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
