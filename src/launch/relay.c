/* SPDX-License-Identifier: MIT
 *
 * relay.c - moving the program's output.
 */
#include "launch/relay.h"
#include "base/fd.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

enum {
    MOST_AT_ONCE = 1 << 20,
    /* What a sink that may block gets at once: less than any terminal or pipe that poll(2) calls
     * writable has room for. */
    CAREFUL_WRITE = 256,
};

/* O_NONBLOCK belongs to the open file, which the caller's other processes share; so the same pipe
 * or terminal is opened once more. Sockets have MSG_DONTWAIT instead. */
static void sink_open(struct relay *relay, int sink)
{
    char path[40];
    struct stat status;
    relay->sink = sink;
    if (fstat(sink, &status) == 0) {
        relay->sink_is_pipe = S_ISFIFO(status.st_mode);
        relay->sink_is_socket = S_ISSOCK(status.st_mode);
        relay->sink_is_file = S_ISREG(status.st_mode);
    }
    if (relay->sink_is_file)
        return; /* opened anew it would have an offset of its own; and it does not block */
    snprintf(path, sizeof(path), "/proc/self/fd/%d", sink);
    int again = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (again >= 0) {
        relay->sink = again;
        relay->sink_owned = true;
    }
}

int relay_open(struct relay *relay, int sink)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return -errno;
    relay->source = ends[0];
    relay->write_end = ends[1];
    /* The program can open its end for reading too and take a byte back between our look and our
     * read. The flag is this end's alone: the ends of a pipe are two open files. */
    if (fcntl(relay->source, F_SETFL, O_NONBLOCK) != 0) {
        int error = errno;
        relay_close(relay);
        return -error;
    }
    sink_open(relay, sink);
    return 0;
}

void relay_close(struct relay *relay)
{
    close_fd(&relay->source);
    close_fd(&relay->write_end);
    if (relay->sink_owned)
        close_fd(&relay->sink);
    relay->sink_owned = false;
    relay->pending_length = 0;
}

bool relay_has_data(const struct relay *relay)
{
    int waiting = 0;
    if (relay->source < 0)
        return false;
    return relay->pending_length > 0 ||
           (ioctl(relay->source, FIONREAD, &waiting) == 0 && waiting > 0);
}

/* Gives the sink what is pending. Returns what write(2) would. */
static ssize_t write_pending(struct relay *relay)
{
    const char *start = relay->pending + relay->pending_start;
    size_t length = relay->pending_length;
    if (relay->sink_is_socket)
        return send(relay->sink, start, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (!relay->sink_owned && !relay->sink_is_file && length > CAREFUL_WRITE)
        length = CAREFUL_WRITE;
    return write(relay->sink, start, length);
}

static ssize_t move_by_copy(struct relay *relay, size_t most)
{
    if (relay->pending_length == 0) {
        size_t room = most < sizeof(relay->pending) ? most : sizeof(relay->pending);
        ssize_t got = read(relay->source, relay->pending, room);
        if (got <= 0)
            return got;
        relay->pending_start = 0;
        relay->pending_length = (size_t)got;
    }
    ssize_t wrote = write_pending(relay);
    if (wrote > 0) {
        relay->pending_start += (size_t)wrote;
        relay->pending_length -= (size_t)wrote;
    }
    return wrote;
}

bool relay_move(struct relay *relay, uint64_t *left)
{
    size_t most = *left < MOST_AT_ONCE ? (size_t)*left : MOST_AT_ONCE;
    ssize_t moved;
    if (most == 0)
        return true;
    if (relay->sink_is_pipe)
        moved =
            splice(relay->source, NULL, relay->sink, NULL, most, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    else
        moved = move_by_copy(relay, most);
    if (moved > 0) {
        *left -= (uint64_t)moved;
        return true;
    }
    return moved < 0 && (errno == EAGAIN || errno == EINTR);
}
