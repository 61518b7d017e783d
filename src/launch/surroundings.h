/* SPDX-License-Identifier: MIT
 *
 * surroundings.h - what a launch changes in its own process, and what a program may change of the
 * terminal and the open files that it is lent; both are given back at the end.
 */
#ifndef LAUNCH_SURROUNDINGS_H
#define LAUNCH_SURROUNDINGS_H

#include <sandbox/sandbox.h>
#include <signal.h>
#include <termios.h>

struct surroundings {
    int signal_fd; /* a signalfd of the signals that the supervisor takes, which are blocked */
    sigset_t mask;
    struct sigaction on_child;
    int dumpable;
    struct {
        bool filled;      /* was closed: /dev/null stands there meanwhile */
        bool is_terminal; /* terminal holds its modes */
        int flags;        /* F_GETFL */
        struct termios terminal;
    } stdio[3];
};

/* Makes the process ready for a launch. Refuses a stdin, stdout or stderr that would be a door to
 * the host: a directory, or a descriptor opened with O_PATH. On failure nothing is changed. Errors:
 * SBX_E_USAGE, SBX_E_RESOURCE. */
int surroundings_enter(struct surroundings *before, struct sbx_error *error);

/* Gives everything back. */
void surroundings_leave(struct surroundings *before);

#endif
