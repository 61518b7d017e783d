/* SPDX-License-Identifier: MIT
 *
 * relay.h - stdout or stderr of the program through a pipe of ours, counted.
 *
 * Exists only where limits.output is set and the stream is not /dev/null. It never blocks, and
 * never changes the flags of the caller's own stdout, which others may share. The program holds a
 * pipe, so a file of the host behind its stdout is out of its reach.
 */
#ifndef LAUNCH_RELAY_H
#define LAUNCH_RELAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct relay {
    int source;    /* our end of the pipe; -1 where there is no relay, or it is over */
    int write_end; /* the program's end; closed in the parent after clone */
    int sink;      /* the caller's stdout or stderr: opened anew where that was possible */
    bool sink_owned;
    bool sink_is_pipe, sink_is_socket, sink_is_file;
    char pending[65536]; /* read from the program, not yet taken by the sink */
    size_t pending_start, pending_length;
};

/* Makes the pipe. Returns 0 or -errno; relay->source is -1 after a failure. */
int relay_open(struct relay *relay, int sink);

/* Moves what is there, up to *left bytes, and takes that off *left. Returns true while the relay
 * goes on: false at the end of the stream, and when the sink has no reader left or takes no more.
 * The caller then closes it, so that the program gets SIGPIPE, as without us. */
bool relay_move(struct relay *relay, uint64_t *left);

/* Whether the program has written something that the sink has not got yet. */
bool relay_has_data(const struct relay *relay);

/* Closes what is open. Allowed more than once. */
void relay_close(struct relay *relay);

#endif
