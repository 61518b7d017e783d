/* SPDX-License-Identifier: MIT
 *
 * fs.h - what the files of the fs guard share. Nothing outside of this directory includes it,
 * except the unit tests.
 *
 * The guard works on claims. A claim says what one path inside the sandbox shall be: a bind of a
 * host path, a tmpfs, a symbolic link, and so on. Claims come from the profile and from what the
 * guard adds by itself (the system's directories, /dev, a small /etc, the working directory, the
 * program). The most specific path wins, so the order of claims carries no meaning. Once all claims
 * are known they are turned into steps, parents first, and the child carries the steps out.
 *
 * Paths inside are written without the leading '/' here, as in struct fs_step: "" is the root.
 */
#ifndef GUARDS_FS_FS_H
#define GUARDS_FS_FS_H

#include "base/sys.h"
#include "guards/fs/layers.h"
#include "guards/fs/places.h"
#include "guards/guard.h"
#include "policy/policy.h"
#include <limits.h>
#include <sys/stat.h>

/* The stage that this guard's errors name; errors about the program itself name "exec". */
#define FS_STAGE      "fs"
#define FS_STAGE_EXEC "exec"

/* ---- claims (claims.c) ---------------------------------------------------------------------- */

enum fs_claim_kind {
    FS_CLAIM_DIR,     /* a plain directory in a tmpfs of ours */
    FS_CLAIM_BIND,    /* the host's `source` */
    FS_CLAIM_TMPFS,   /* `size`, `inodes`, `mode` */
    FS_CLAIM_SYMLINK, /* `source` is its content */
    FS_CLAIM_TEXT,    /* a file with `source` as its content */
    FS_CLAIM_PROC,    /* `source`: its subset=, or NULL */
    FS_CLAIM_DEVPTS,
    FS_CLAIM_MQUEUE,
    FS_CLAIM_OVERLAY, /* `layers`, one on top of the other */
    FS_CLAIM_HIDDEN,  /* nothing of what the host has there */
};

struct fs_claim {
    enum fs_claim_kind kind;
    bool builtin;   /* the guard's own: a claim of the profile on the same path replaces it */
    bool directory; /* FS_CLAIM_BIND, FS_CLAIM_HIDDEN: the source is a directory */
    bool pin; /* FS_CLAIM_BIND, FS_CLAIM_OVERLAY: shows what is there already, so that it can't be
                 renamed */
    bool optional; /* FS_CLAIM_HIDDEN: may be absent */
    bool idle;     /* FS_CLAIM_HIDDEN: nothing shows anything there */
    bool part;     /* in a divided directory of root.lower: there as long as that is not replaced */
    bool masked;   /* FS_CLAIM_PROC: what is of the whole machine is covered, or read-only */
    const char *target;       /* inside, without the leading '/' */
    size_t length;            /* of target */
    const char *source;       /* FS_CLAIM_DIR: the host's directory that is divided */
    struct fs_layers *layers; /* FS_CLAIM_OVERLAY */
    uint64_t attributes, device, inode, size, inodes;
    unsigned mode;
    const char *key; /* what asked for it: "files.ro" */
    struct origin origin;
    uint32_t place; /* of the target */
    uint32_t twin;  /* one more than the next claim on the same path; 0: none */
};

struct fs_claims {
    struct arena *arena; /* borrowed */
    struct fs_claim *list;
    size_t count, room;
    size_t sorted;            /* how many of the first stand in their order */
    struct fs_places *places; /* the targets; each with one more than its first claim */
    struct fs_places *walked; /* directories of the host that walks came through (view.c) */
};

/* Adds a copy of *claim; its target may have a leading '/'. Refuses a target that is not absolute
 * and normal, or too long. Errors: SBX_E_PROFILE, SBX_E_RESOURCE. */
int fs_claims_add(struct fs_claims *claims, const struct fs_claim *claim, struct sbx_error *error);

/* The claim on exactly this path, of `length` bytes; NULL where there is none. */
const struct fs_claim *fs_claims_at(const struct fs_claims *claims, const char *path,
                                    size_t length);

/* The deepest claim on this path or above it; NULL: the root's own tmpfs. */
const struct fs_claim *fs_claims_cover(const struct fs_claims *claims, const char *path,
                                       size_t length);

/* A claim below this path; NULL where there is none. */
const struct fs_claim *fs_claims_below(const struct fs_claims *claims, const char *path,
                                       size_t length);

/* Moves each target to where it leads inside, sorts parents first, and refuses two different claims
 * of the profile on one path. Errors: SBX_E_PROFILE, SBX_E_HOST, SBX_E_RESOURCE. */
int fs_claims_settle(struct fs_claims *claims, struct sbx_error *error);

/* Sorts in what was added since then; each of that has a path of its own. */
int fs_claims_sort(struct fs_claims *claims, struct sbx_error *error);

/* How many files a tmpfs of this size may hold where nobody said: one for each page, for an empty
 * file costs memory that the size does not count. 0 is no bound. */
static inline uint64_t fs_inodes(uint64_t size)
{
    const uint64_t least = 1024, page = 4096;
    if (size == POLICY_UNLIMITED)
        return 0;
    return size / page < least ? least : size / page;
}

/* Length of a path's parent: 0 for "usr", 3 for "usr/lib". */
size_t fs_parent_length(const char *path, size_t length);

/* ---- where a path leads inside (view.c) ----------------------------------------------------- */

enum fs_view_mode {
    FS_VIEW_FOLLOW, /* as open(2) would walk the path */
    FS_VIEW_MOUNT,  /* as a mount point: a claim on the path itself is not looked at */
    FS_VIEW_LINK,   /* as FS_VIEW_MOUNT, and a symbolic link at the end is not followed */
};

enum fs_view_state {
    FS_VIEW_OWN,     /* in a tmpfs of ours, where it may or may not exist */
    FS_VIEW_HOST,    /* a thing of the host: `host`, `type` */
    FS_VIEW_MISSING, /* beneath a bind of a host directory that has no such thing: `host` */
    FS_VIEW_OPAQUE,  /* hidden, in a file system that only the kernel can look into, or beneath a
                      * file */
    FS_VIEW_BROKEN,  /* can't be walked: `sys_errno` */
};

struct fs_view {
    enum fs_view_state state;
    const struct fs_claim *cover; /* what the place belongs to; NULL: the root's own tmpfs */
    mode_t type;                  /* FS_VIEW_HOST: S_IFDIR, S_IFREG ... */
    int sys_errno;
    unsigned links;      /* symbolic links that were followed */
    bool writable_link;  /* one of them lies where the program, or its like, can write */
    char path[PATH_MAX]; /* where the walk ended, inside, without the leading '/' */
    char host[PATH_MAX]; /* FS_VIEW_HOST, FS_VIEW_MISSING: the same place on the host */
};

/* Walks an inside path through the claims, following the links of both the claims and the host. */
void fs_view(const struct fs_claims *claims, const char *path, enum fs_view_mode mode,
             struct fs_view *view);

/* ---- what the host has (source.c) ----------------------------------------------------------- */

/* A directory that sources lie in (lookup.c). */
struct fs_directory {
    const char *path; /* real; "" is the root */
    size_t length;
    bool reached; /* fs_source_reach() found nothing in the way */
};

struct fs_source {
    const char *path; /* real: absolute, with no symbolic link in it */
    mode_t mode;
    uid_t uid;
    gid_t gid;
    uint64_t device, inode;
    struct fs_directory *directory; /* NULL where nothing is kept of it */
};

/* Looks a host path up, following links. Returns 0 or an errno value. */
int fs_source_look(struct arena *arena, const char *path, struct fs_source *source);

/* MOUNT_ATTR_* for a bind of it. */
uint64_t fs_source_attributes(const struct fs_source *source, bool writable);

/* A claim of kind FS_CLAIM_BIND for it; key, origin and builtin are left to the caller. */
struct fs_claim fs_source_claim(const struct fs_source *source, const char *target, bool writable);

/* Whether there is a procfs at a path. */
bool fs_source_is_proc(const char *path);

/* Whether the mode bits give `wanted` (bits 04, 02, 01) to the host user that the program runs as.
 * Where an access control list may say otherwise the answer is yes, and the kernel has the word. */
bool fs_source_permits(const struct fs_source *source, const struct ns_plan *ns, unsigned wanted);

/* The first directory on the way to `path` that the caller may not enter once he is in the new user
 * namespace, where root has no right over the files of others. */
bool fs_source_find_closed(const char *path, const struct host *host, char closed[PATH_MAX]);

/* ---- one run of prepare() ------------------------------------------------------------------- */

/* Which machine the system's directories come from. The tests make one up. */
struct fs_machine {
    const char *prefix;        /* "" for the real one */
    const char *const *system; /* NULL-terminated, absolute: "/usr", "/bin" ... */
    const char *mounts;        /* the table of its mounts, see fs_mounts_read() */
    const char *proc;          /* its procfs; NULL: /proc */
};
extern const struct fs_machine fs_this_machine;

enum { FS_DEVICES_KNOWN = 8 };

/* What one run has found out about the host (lookup.c). */
struct fs_lookups {
    struct fs_places places; /* directories as they were asked for, each with one more than its
                              * index */
    struct fs_directory *list;
    size_t count, room;
    uint64_t device[FS_DEVICES_KNOWN]; /* of file systems that are no procfs */
    size_t devices;
};

struct fs_build {
    struct plan *plan;
    const struct host *host;
    const struct fs_machine *machine;
    struct fs_claims claims;
    struct fs_lookups lookups;
    bool cwd_own;         /* the working directory is in a tmpfs of ours */
    const char *cwd_path; /* where root.cwd leads inside, without the leading '/' */
};

/* As fs_source_look(), for paths of which there may be thousands; `path` must live as long as the
 * plan. */
int fs_source_find(struct fs_build *build, const char *path, struct fs_source *source);

/* Whether a source is a procfs, or a part of one. */
bool fs_source_lies_in_proc(struct fs_build *build, const struct fs_source *source);

/* Whether fs_source_reach() has nothing to look at. */
bool fs_source_is_reached(const struct fs_build *build, const struct fs_source *source);

/* A launcher that is root reaches more in prepare() than in the child. Says so before the launch.
 * Errors: `code`. */
int fs_source_reach(const struct fs_build *build, const struct fs_source *source,
                    enum sbx_code code, const char *stage, const char *what,
                    struct sbx_error *error);

/* The whole of prepare(), for a machine of the caller's choice. */
int fs_prepare(struct plan *plan, const struct host *host, const struct fs_machine *machine,
               struct sbx_error *error);

/* Pure rules across keys (check.c), and the rest that a profile's text alone tells (review.c). */
int fs_check(const struct sbx_policy *policy, struct diag *diag);
void fs_review(const struct sbx_policy *policy, struct diag *diag);

/* The claims that the profile makes (profile.c). */
int fs_profile_claims(struct fs_build *build, struct sbx_error *error);

/* The claims that the guard adds; the profile's must be there already (system.c, device.c). */
int fs_system_claims(struct fs_build *build, struct sbx_error *error);
int fs_device_claims(struct fs_build *build, struct sbx_error *error);

/* root.base = overlay (overlay.c): the claims of the layers. Fills in plan->fs.kept, but for its
 * lock. Errors: SBX_E_PROFILE, SBX_E_HOST, SBX_E_RESOURCE. */
int fs_overlay_claims(struct fs_build *build, struct sbx_error *error);

/* Refuses a bind through which a program could change the directory that keeps changes, and so what
 * the next launch does with it; the claims must be settled. Errors: SBX_E_PROFILE. */
int fs_overlay_apart(const struct fs_build *build, struct sbx_error *error);

/* What the mode of a directory that copies another one's place has to be, so that its new owner,
 * who is the sandbox's user, may do there what the other one's mode lets that user do. */
unsigned fs_copied_mode(const struct ns_plan *ns, mode_t mode, uid_t uid, gid_t gid);

/* root.image (image.c): has its layers unpacked, and fills in plan->fs.image, but for the locks.
 * Errors: SBX_E_HOST, SBX_E_RESOURCE. */
int fs_image(struct fs_build *build, struct sbx_error *error);

/* Locks them for the run. */
int fs_image_arm(struct plan *plan, struct sbx_error *error);
void fs_image_disarm(struct plan *plan);

/* guard_fs.arm, disarm (kept.c): locks the directory that keeps changes, and makes what is missing
 * in it. */
int fs_kept_arm(struct plan *plan, struct sbx_error *error);
void fs_kept_disarm(struct plan *plan);

/* What is to be hidden (hide.c): finds out what is there, and claims all other places where a bind
 * shows the same; the claims must be settled. Errors: SBX_E_PROFILE, SBX_E_HOST, SBX_E_RESOURCE. */
int fs_hide(struct fs_build *build, struct sbx_error *error);

/* What nothing may be executed in (noexec.c); all claims must be there but the program's own, which
 * is put where it is in order to run. Errors: SBX_E_PROFILE, SBX_E_HOST, SBX_E_RESOURCE. */
int fs_noexec(struct fs_build *build, struct sbx_error *error);

/* The working directory and what is put into it (workdir.c); the claims must be settled. */
int fs_workdir(struct fs_build *build, struct sbx_error *error);
int fs_workdir_put(struct fs_build *build, const struct fs_source *source, const char *name,
                   const char *what, struct sbx_error *error);
int fs_workdir_files(struct fs_build *build, struct sbx_error *error);

/* Finds the program and puts it into the working directory where it is not visible (program.c). */
int fs_program(struct fs_build *build, struct sbx_error *error);

/* May this file be executed at all? (executable.c) `shown` is how messages name it. */
int fs_executable_check(const struct fs_build *build, const struct fs_source *file,
                        const char *shown, struct sbx_error *error);

/* May anything be executed where a walk ended? `interpreter`: of `shown`; NULL: `shown` itself. */
int fs_executable_place(const struct fs_view *view, const char *shown, const char *interpreter,
                        struct sbx_error *error);

/* Are all the interpreters of this file visible inside? Sets plan->exec.interpreter. */
int fs_executable_interpreters(struct fs_build *build, const char *host_path, const char *shown,
                               struct sbx_error *error);

/* What is mounted on entries of a FS_CLAIM_PROC that is masked (proc.c). Errors: SBX_E_HOST. */
enum { FS_PROC_COVERS_MAX = 32 };
struct fs_proc_cover {
    const char *name;
    enum fs_op op; /* FS_HIDE_FILE, FS_HIDE_DIR, FS_READONLY */
};
int fs_proc_covers(const struct fs_build *build, const struct fs_claim *claim,
                   struct fs_proc_cover covers[FS_PROC_COVERS_MAX], size_t *count,
                   struct sbx_error *error);

/* Claims to steps (steps.c). Fills plan->fs.steps and plan->fs.count. */
int fs_steps(struct fs_build *build, struct sbx_error *error);

/* ---- what the profile's text claims (words.c) ----------------------------------------------- */

/* As a claim, before anyone has looked at a machine: no link is followed. */
struct fs_word {
    enum fs_claim_kind kind;
    bool builtin;  /* gives way to a word of [files] on the same path */
    bool optional; /* what it names may be absent */
    bool writable;
    bool noexec;        /* files.noexec names it, or a directory above it; or it says so */
    unsigned options;   /* of a bind: enum view_option */
    const char *source; /* binds: on the host; symbolic links, texts: the content */
    const char *target; /* inside, with the leading '/' */
    uint64_t size, inodes;
    unsigned mode;
    const char *key;
    struct origin origin;
    size_t position; /* in the order of keys and words */
};

struct fs_words {
    struct fs_word
        *list; /* sorted by target; those on one path by position, the builtin one last */
    size_t count;
};

/* Returns -1 where memory has run out. */
int fs_words_read(struct arena *arena, const struct sbx_policy *policy, struct fs_words *words);

/* The first word on exactly this path, of `length` bytes; the deepest above it; the deepest on it
 * or above it. NULL where there is none. */
const struct fs_word *fs_words_at(const struct fs_words *words, const char *path, size_t length);
const struct fs_word *fs_words_above(const struct fs_words *words, const char *path);
const struct fs_word *fs_words_cover(const struct fs_words *words, const char *path);

/* What is left of `path` behind `above`, with its '/'; "" where they are the same, NULL where it
 * does not lie there. */
const char *fs_path_below(const char *path, const char *above);

/* Reports what is dangerous in what one word shows: a bind, or a layer (danger.c). */
void fs_dangers(const struct fs_words *words, const struct fs_word *word, struct diag *diag);

/* Reports what the text of an overlay's keys tells (stacked.c). */
void fs_review_overlay(const struct sbx_policy *policy, const struct fs_words *words,
                       struct diag *diag);

/* ---- for people (describe.c) ---------------------------------------------------------------- */

size_t fs_mounts(const struct fs_plan *fs);      /* how many there are inside */
const char *fs_ground(const struct fs_plan *fs); /* what the root is: "tmpfs" */
void fs_sources_describe(const struct plan *plan, FILE *out);
void fs_describe(const struct plan *plan, FILE *out);
bool fs_wall(const struct plan *plan, enum key_id key, struct wall *wall);

/* ---- the first bytes of a program (binary.c) ------------------------------------------------ */

enum fs_binary {
    FS_BINARY_OTHER,      /* neither a script nor an ELF file of this byte order */
    FS_BINARY_STATIC,     /* ELF, with no interpreter */
    FS_BINARY_DYNAMIC,    /* ELF; its interpreter is filled in */
    FS_BINARY_SCRIPT,     /* #!; its interpreter is filled in */
    FS_BINARY_EMPTY,      /* no byte in it */
    FS_BINARY_DAMAGED,    /* an offset or a length in it makes no sense */
    FS_BINARY_UNREADABLE, /* the kernel would not let it be read */
};

/* Reads the interpreter of the file behind `fd`. Trusts nothing in it. */
enum fs_binary fs_binary_read(int fd, char interpreter[PATH_MAX]);

/* ---- in the child (trees.c, stage.c, openfiles.c, enter.c), and back in the parent (explain.c)
 * -------------------- */

/* What is done once, whatever the plan: *item is the number of steps plus one of these. */
enum fs_phase {
    FS_PHASE_DEVICE,  /* /dev/fuse */
    FS_PHASE_PRIVATE, /* cut the mounts off from the host's */
    FS_PHASE_STAGE,   /* the files of ours that are mounted one by one */
    FS_PHASE_LAYERS,  /* where overlays are put together */
    FS_PHASE_ROOT,    /* the root's own tmpfs */
    FS_PHASE_SEAL,    /* make that tmpfs read-only */
    FS_PHASE_PIVOT,   /* make it the root */
    FS_PHASE_DETACH,  /* let go of the old root */
    FS_PHASE_FILES,   /* the limit on open files is the launcher's again */
    FS_PHASE_CWD,     /* the working directory */
    FS_PHASES,
};

/* Size of the root's own tmpfs. It holds directories and a few small files, then it is read-only.
 */
#define FS_ROOT_SIZE "4194304"

/* The hidepid= of the new /proc; as a word since Linux 5.8, which also made it the mount's own. */
#define FS_PROC_HIDES "ptraceable"

/* How many files may be open at once (openfiles.c): the machine's part; whether that is enough for
 * the steps, with an error of SBX_E_HOST where it is not; and in the child, as long as they are
 * open. The last one returns 0 or -errno. */
void fs_open_files_probe(struct host *host);
int fs_open_files_prepare(struct fs_plan *fs, const struct host *host, struct sbx_error *error);
void fs_open_files_raise(const struct fs_plan *fs);
long fs_open_files_restore(const struct fs_plan *fs);

#define FS_OPEN_FILES_HINT                                                                         \
    "raise the hard limit of the launcher (ulimit -Hn, limits.conf), or show the directory above " \
    "with one word"

/* guard_fs_sources: opens the source of each bind, as the caller's own user. */
int fs_sources_enter(const struct plan *plan, int *item);

/* guard_fs: builds the root from what is open, and moves in. */
int fs_enter(const struct plan *plan, int *item);

/* Opens in fs->trees each file of ours that is mounted on its own. `root`: the new root where that
 * is a tmpfs of ours, still empty and attached already; else -1. */
long fs_stage(const struct fs_plan *fs, int root, int *item);

/* Takes away what that has left in `root`, once all is mounted. */
long fs_unstage(const struct fs_plan *fs, int root, int *item);

/* Makes the file of a FS_TEXT or FS_SHOW_TEXT in a directory. Returns 0 or -errno. */
long fs_write_text(const struct fs_step *step, int parent, const char *name);

/* A tmpfs that is not attached yet: its fd, or -errno. `inodes` may be NULL. */
long fs_new_tmpfs(const char *size, const char *inodes, const char *mode, uint64_t attributes);

long fs_new_proc(const char *subset, uint64_t attributes);

/* Carries out the first `count` steps in a tmpfs that is the stage. */
long fs_stage_steps(const struct fs_plan *fs, int stage, size_t count, int *item);

/* Pieces that the server shares: mounts that come and go later are not ours; the source of a step,
 * opened as a mount with `attributes`; a directory that is a mount becomes the root, and "." the
 * old one. */
long fs_make_private(void);
long fs_open_source(const struct fs_step *step, uint64_t attributes);
long fs_pivot(int root);

/* Explains a failure of either. */
void fs_explain(const struct plan *plan, int item, struct sbx_error *error);

/* The step that is the root itself, a bind or an overlay; NULL: it is a tmpfs of ours. */
static inline const struct fs_step *fs_root_step(const struct fs_plan *fs)
{
    const struct fs_step *first = fs->steps + fs->staged;
    return fs->count > fs->staged && first->target[0] == '\0' ? first : NULL;
}

#endif
