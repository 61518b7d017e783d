/* SPDX-License-Identifier: MIT
 *
 * handover.h - how the listener of the payload's filter comes to the launcher.
 *
 * The filter is the last thing before the exec, and behind it the payload may make no call but
 * that. So PID 1 forks the payload with one table of descriptors for both: the listener is PID 1's,
 * too, and it hands it on. The exec takes the payload out of that table, or PID 1 leaves it.
 *
 * All but handover_receive() runs between clone and exec: raw system calls only.
 */
#ifndef LAUNCH_HANDOVER_H
#define LAUNCH_HANDOVER_H

#include "launch/order.h"

/* The flags of clone(2) with which PID 1 forks the payload. PID 1 sleeps until the exec or the end
 * of the payload; but where the exec itself is handed over it must not, for that waits for the
 * launcher's answer. */
unsigned long handover_clone_flags(const struct plan *plan);

/* In PID 1, before the payload is forked: whether a descriptor can be sent now. Behind the exec it
 * is too late to find out. Returns 0 or -errno. */
int handover_try(struct child *child);

/* In the payload, before its limits hold: the lowest descriptor above stdio becomes free, so that
 * the listener finds a place below any limit that leaves one. */
int handover_room(struct child *child, int *item);

/* In PID 1: where a descriptor from before the fork is now. */
int handover_moved(const struct child *child, int fd);

/* In PID 1, once the payload is forked: sends the listener to the launcher. Where there is none the
 * launcher sees the end of the channel. Afterwards the descriptors are PID 1's own. Returns 0 or
 * -errno: then they are not, and none of them may be closed, or nobody answers for the filter. */
int handover_send(const struct child *child);

/* In the launcher: takes what PID 1 has sent. Returns the listener, -ENODATA where none was sent,
 * or -errno where there was no room for it. */
int handover_receive(int channel);

#endif
