/* SPDX-License-Identifier: MIT
 *
 * plan.h - all that a launch will do, as data.
 *
 * prepare() of each guard fills in its own part, before clone; nothing is allocated or parsed
 * afterwards. The child reads the plan and never writes it. The parent keeps the same plan, so that
 * the item index of a failure can be turned back into a path, a limit or a rule.
 */
#ifndef GUARDS_PLAN_H
#define GUARDS_PLAN_H

#include "base/arena.h"
#include "base/error.h"
#include <linux/filter.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

struct sbx_policy;

/* ---- what the machine is like: found by the probes, or made up by a test -------------------- */

struct host {
    unsigned kernel_major, kernel_minor;
    uid_t uid;
    gid_t gid;
    bool root;                /* effective uid 0, and uid 65534 exists to run the program as */
    unsigned cpus;            /* processors that this process may run on; at least 1 */
    long max_user_namespaces; /* /proc/sys/user/max_user_namespaces; -1 unknown */
    int unprivileged_userns;  /* kernel.unprivileged_userns_clone (Debian); -1 no such switch */
    int apparmor_userns;      /* kernel.apparmor_restrict_unprivileged_userns; -1 no such switch */
    bool proc_shows_tree;     /* /proc tells of processes that may not be traced (no hidepid=) */
    bool sysctl_read_only;    /* /proc/sys is a read-only mount, as in many containers */
    int landlock_abi;         /* of the kernel's Landlock; 0 none */
    int landlock_errno;       /* what asking for it was answered with; 0 where there is one */
    int listener_errno; /* what a filter with a listener is refused with; 0 where it can be had */
    uint64_t open_files_soft, open_files_hard; /* RLIMIT_NOFILE of the launcher; 0 unknown */
    bool cgroup; /* a cgroup v2 with cpu and memory that is ours to use */
};

/* ---- namespaces and identity ---------------------------------------------------------------- */

struct ns_plan {
    uint64_t clone_flags; /* for clone3 */
    bool unshare_cgroup;  /* after joining a cgroup: in clone3 it would be rooted at the parent's */
    bool unshare_time;
    bool bound_inotify; /* the same file system has the bounds on inotify */
    bool forbid_nested; /* set the new user namespace's own max_user_namespaces to 0 */
    uid_t inner_uid, outer_uid;
    gid_t inner_gid, outer_gid;
    bool drop_groups; /* the launcher is root: no supplementary group may be inherited */
    const char *uid_map;
    const char *gid_map;
    const char *hostname; /* NULL: the host's own */
    const char *timens_offsets;
    int64_t monotonic_offset_ns; /* what the payload's CLOCK_MONOTONIC is ahead of ours */
};

/* ---- files ---------------------------------------------------------------------------------- */

enum fs_op {
    FS_DIR,       /* mkdir in a tmpfs of ours; `mode` */
    FS_FILE,      /* an empty file in a tmpfs of ours: the place of a bind */
    FS_TEXT,      /* a small file with `source` as its content */
    FS_SYMLINK,   /* a symbolic link whose content is `source` */
    FS_BIND,      /* the host's `source`, recursively, with `attributes` */
    FS_TMPFS,     /* `size` bytes, `inodes`, `mode` */
    FS_PROC,      /* a new procfs; with `source` as its subset= where that is set */
    FS_MQUEUE,    /* the message queues of the private ipc namespace */
    FS_DEVPTS,    /* a new devpts */
    FS_SHOW_TEXT, /* FS_TEXT, as a mount of its own: on top of what is there, or where the program
                   * may write */
    FS_HIDE_DIR,  /* an empty tmpfs on top of the host's directory `device`, `inode`; without
                   * `size_text` a read-only directory that all such steps share */
    FS_HIDE_FILE, /* an empty file that nobody may read, on top of the same */
    FS_READONLY,  /* what a FS_PROC has at `target`, on top of itself */
    FS_SEAL,      /* make the FS_HIDE_DIR at `target` read-only, now that all is in it */

    /* in the stage, where overlays are put together */
    FS_LAYER,    /* the host's `source`, without what is mounted below it */
    FS_UPPER,    /* `target` must be a directory, and no part of it a symbolic link */
    FS_WHITEOUT, /* hides what the layers below have at `target` */
    FS_OVERLAY,  /* mounts what lies in the directory `target`; `source` is the mount's options */

    FS_SHOW_OVERLAY, /* the mount that step `from` has made */
    FS_AGAIN,        /* what is at `target` already, as a mount of its own with `attributes` */
};

struct fs_step {
    enum fs_op op;
    unsigned mode;
    const char *source;     /* absolute host path, text or link content; NULL where none applies */
    const char *target;     /* inside, relative to the new root, never starting with '/'; no ".." */
    uint64_t attributes;    /* MOUNT_ATTR_* */
    uint64_t device, inode; /* what `source`, or what is covered, was when the plan was made */
    uint64_t size, inodes;  /* FS_TMPFS */
    const char *size_text, *inodes_text, *mode_text; /* the same, as fsconfig(2) wants them */
    size_t from;          /* FS_SHOW_OVERLAY: the number of its FS_OVERLAY */
    bool pin;             /* FS_BIND: on top of `source` itself, which is at the place already */
    bool straight;        /* FS_BIND: no part of the path of `source` may have become a link */
    struct origin origin; /* the line of the profile that asked for it */
};

/* The directory that keeps what a run changes: made ready in the parent, before clone. */
struct fs_kept {
    const char *path; /* real; NULL: nothing is kept */
    uint64_t device, inode;
    const struct fs_kept_dir {
        const char *path; /* beneath the changes, parents first; "" is their own directory */
        unsigned mode;
    } * dirs;
    size_t count;
    size_t works; /* overlays, each with a work directory */
    struct origin origin;
    int lock; /* while armed: the directory's fd, which holds a lock; else -1 */
};

/* The layers of an OCI image in the user's cache, the topmost first. */
struct fs_image {
    struct fs_image_layer {
        const char *path; /* real */
        uint64_t device, inode;
        mode_t mode;
        uid_t uid;
        gid_t gid;
        int lock; /* while armed: the directory's fd, which holds a lock; else -1 */
    } * layers;
    size_t count;
    struct origin origin;
};

/* The program that serves the overlay, where the kernel does not: started in the parent, before
 * clone. */
struct fs_server {
    const char *program; /* on the host; NULL: there is none */
    const char *options; /* of its -o; all names in it are the stage's */
    struct origin origin;
    pid_t pid;   /* while armed; else 0 */
    int pidfd;   /* while armed; else -1 */
    int channel; /* the same: who has mounted the file system sends its device there */
    int words;   /* the same: the end of a pipe that has what it complains about */
    int *device; /* the fd of /dev/fuse; written in the child's own memory alone */
};

struct fs_plan {
    const struct fs_step *steps; /* the first `staged` of them are carried out in the stage */
    size_t count, staged;
    const char *stage_size_text, *stage_inodes_text; /* of the tmpfs that is the stage */
    struct fs_kept kept;
    struct fs_image image;
    struct fs_server server;    /* carries out the stage's steps in the sandbox's place */
    const char *root_size_text; /* size= of the tmpfs that is the root itself */
    const char *cwd;            /* absolute, inside */
    bool raise_open_files; /* more at once than the launcher's soft limit, given here, allows */
    uint64_t open_files_soft, open_files_hard;
    int *trees; /* the fd of each step's opened source, or of a file of ours that it mounts;
                 * written in the child's own memory alone */
};

/* ---- the program ---------------------------------------------------------------------------- */

struct exec_plan {
    const char *path;   /* absolute, inside */
    const char *source; /* where it was found on the host; the same as path where shown in place */
    const char *interpreter; /* of a #! script or an ELF program; NULL where it needs none */
    char *const *argv;
    char *const *envp;
};

/* ---- the second wall ------------------------------------------------------------------------ */

struct landlock_rule {
    const char *place;    /* absolute, inside: the root of a mount */
    uint64_t rights;      /* LANDLOCK_ACCESS_FS_*; a file gets those of them that files can have */
    struct origin origin; /* the line of the profile that asked for the mount */
};

struct landlock_port {
    unsigned port;
    uint64_t rights;      /* LANDLOCK_ACCESS_NET_* */
    struct origin origin; /* the word of the profile */
};

struct landlock_plan {
    int abi;            /* what the rules are made for; 0: there is no second wall */
    const char *absent; /* where there is none for files: why */
    uint64_t handled_fs, handled_net, scoped;
    uint32_t flags;      /* for landlock_restrict_self(2) */
    bool message_queues; /* POSIX queues, which have no path, get a rule */
    const struct landlock_rule *rules;
    size_t count;
    const struct landlock_port *ports; /* those that TCP is bound to, by what handled_net says */
    size_t port_count;
    size_t narrower; /* places that allow less than what they lie in: the mounts alone keep that */
    int *ruleset;    /* its fd; written in the child's own memory alone */
};

/* ---- network, capabilities, system calls, limits, process ----------------------------------- */

struct net_plan {
    bool private_ns;
    bool loopback_up;
};

struct caps_plan {
    uint64_t keep;    /* permitted, effective and bounding; bit N is capability N */
    uint64_t ambient; /* inheritable and ambient; a subset of keep */
    unsigned last;    /* the kernel's highest capability number */
};

struct seccomp_plan {
    bool on;
    bool message_queues;       /* mq_open(2) passes */
    bool log;                  /* SECCOMP_FILTER_FLAG_LOG */
    bool listener;             /* the filter hands calls to the launcher, who answers and tells */
    bool tells_exec;           /* the exec of the program itself is among them, or its exit */
    bool kernel_kills;         /* but none of those that are killed */
    const char *unnamed;       /* where the policy asks for that and it can't be had: why */
    bool unnamed_asked;        /* the same, and the profile itself speaks of it */
    struct sock_fprog program; /* owned by the plan's arena */
    unsigned allowed_calls;    /* how many system calls are on the allow-list */
};

enum { LIMITS_MAX = 12 };

struct limits_plan {
    struct {
        int resource; /* RLIMIT_* */
        struct rlimit64 value;
        const char *key; /* "limits.open_files" */
        struct origin origin;
    } rlimits[LIMITS_MAX];
    size_t count;
    uint64_t wall_ns;      /* 0: no limit */
    uint64_t cpu_ns;       /* 0: no limit */
    uint64_t memory_bytes; /* 0: no limit; else sampled against the whole tree */
    uint64_t output_bytes; /* 0: no limit */
    bool memory_by_sampling;
    bool relay[3]; /* [1], [2]: stdout, stderr go through a pipe of ours */
};

struct stdin_plan {
    const char *path; /* of the regular file that stdin is; NULL: the program gets stdin as it is */
    uint64_t device, inode;
    int64_t offset;
};

struct process_plan {
    unsigned umask;
    int nice;
};

struct plan {
    struct arena arena;
    const struct sbx_policy *policy;
    const struct sbx_command *command;
    const struct host *host;
    struct ns_plan ns;
    struct fs_plan fs;
    struct exec_plan exec;
    struct net_plan net;
    struct caps_plan caps;
    struct landlock_plan landlock;
    struct seccomp_plan seccomp;
    struct limits_plan limits;
    struct stdin_plan input;
    struct process_plan process;
    int stdio[3]; /* what the payload gets as 0, 1, 2: -1 leaves the launcher's own */
};

#endif
