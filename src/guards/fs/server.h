/* SPDX-License-Identifier: MIT
 *
 * server.h - root.driver = fuse: what the launcher, the server and the sandbox share.
 */
#ifndef GUARDS_FS_SERVER_H
#define GUARDS_FS_SERVER_H

#include "guards/fs/fs.h"

#define FS_FUSE_DEVICE "/dev/fuse"

/* Fills in plan->fs.server, and finds out whether it can be started (server.c). Errors: SBX_E_HOST,
 * SBX_E_RESOURCE. */
int fs_server_prepare(struct fs_build *build, struct sbx_error *error);

/* In the parent: starts it, up to where it waits for a file system to serve; ends it. */
int fs_server_arm(struct plan *plan, struct sbx_error *error);
void fs_server_disarm(struct plan *plan);

/* What it has complained about last; "" where that is nothing. */
void fs_server_words(const struct fs_server *server, char *text, size_t size);

/* What the server says of how far it has come. */
enum fs_serve_phase {
    FS_SERVE_FDS,
    FS_SERVE_IDS,
    FS_SERVE_PARENT,
    FS_SERVE_SOURCES, /* `item`: the step */
    FS_SERVE_SYSTEM,  /* what of the host its program needs */
    FS_SERVE_STEPS,   /* `item`: the step */
    FS_SERVE_PROC,
    FS_SERVE_ROOT,
    FS_SERVE_RIGHTS,
    FS_SERVE_READY,
};
struct fs_serve_word {
    int phase, item, error;
};

/* The server's own life until its exec (serve.c): raw system calls only. Does not return. */
void fs_serve(const struct plan *plan, int channel, int words) __attribute__((noreturn));

/* In the sandbox (fuse.c): opens the device, while this is still the caller; mounts the file
 * system, and hands the device to the server. Return 0 or -errno. */
long fs_fuse_open(const struct fs_plan *fs);
long fs_fuse_mount(const struct plan *plan, int *item);

#endif
