-- Files of announcements that wait. A file has up to 50 MB: in one piece it would hold up whatever else its connection is asked.
CREATE TABLE announcement_piece (
    path text NOT NULL,
    piece integer NOT NULL,
    content bytea NOT NULL,
    written timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (path, piece)
);
