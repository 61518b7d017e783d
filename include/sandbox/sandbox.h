/* SPDX-License-Identifier: MIT
 *
 * sandbox.h - the one public header of libsbx.
 *
 * libsbx runs one untrusted program behind walls that an INI profile asks for. The order of a use
 * is always the same: load a policy, run a command under it, read the report.
 *
 *     struct sbx_error error;
 *     struct sbx_policy *policy = NULL;
 *     if (sbx_policy_load("judge", NULL, 0, &policy, &error) != 0)
 *         ...error.text says what is wrong, error.origin where...
 *     struct sbx_report report;
 *     if (sbx_run(policy, &command, &report, &error) != 0)
 *         ...the program never ran...
 *     sbx_policy_free(policy);
 *
 * Rules that hold for every function here:
 *   - it returns 0, or -1 with *error filled in; on failure no other output is touched, unless the
 *     function's own text says otherwise;
 *   - it never prints and never ends the process;
 *   - parameters are borrowed for the time of the call; what a function hands out is owned by the
 *     caller and has its own free function.
 *
 * Thread safety: a loaded policy is immutable and may be shared by threads. sbx_run() waits for
 * children and changes the signal mask of the calling thread for the time of the call; one process
 * should have one sbx_run() under way at a time. What loads, sets or checks a policy reads the
 * environment, which no other thread may change meanwhile. Findings may be read by threads, but not
 * while one of them calls sbx_findings_ignore().
 *
 * A profile is trusted input: it can open any wall. To look at a stranger's, see "Who attacks"
 * in docs/THREAT-MODEL.md.
 *
 * docs/example.c is a whole program. To compile one:
 *
 *     cc program.c $(pkg-config --cflags --libs sbx)               with the shared library
 *     cc program.c $(pkg-config --cflags --libs --static sbx)      with libsbx.a, where the shared
 *                                                                  library is not installed
 */
#ifndef SANDBOX_SANDBOX_H
#define SANDBOX_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- errors --------------------------------------------------------------------------------- */

/* What kind of thing went wrong. Each value has one exit status of the command, see
 * sbx_error_exit_status(). */
enum sbx_code {
    SBX_OK = 0,
    SBX_E_USAGE,          /* the caller's arguments make no sense */
    SBX_E_PROFILE,        /* the profile, or a --set, is not valid; origin says where */
    SBX_E_HOST,           /* this machine, or this user on it, can't do what the profile asks for */
    SBX_E_SETUP,          /* a step of the set-up failed; stage names it */
    SBX_E_RESOURCE,       /* out of memory, file descriptors or processes in the launcher */
    SBX_E_NOT_FOUND,      /* the program to run does not exist */
    SBX_E_NOT_EXECUTABLE, /* the program exists and can't be executed, or must not be */
};

/* Where a value came from. */
struct sbx_origin {
    char file[512];  /* the profile's path, "--set" or "" where nothing of the kind applies */
    unsigned line;   /* from 1; 0 where there is no line. Of "--set": which of them */
    unsigned column; /* in bytes from 1; 0 where the whole line is meant */
    unsigned length; /* in bytes, of what is meant; 0 where that is not known */
};

/* An error, by value. It owns no memory: copy it as you like. Its texts may hold what a profile or
 * a file system holds: print them through sbx_escape(). */
struct sbx_error {
    enum sbx_code code;
    int sys_errno;            /* the kernel's answer as an errno value; 0 where there was none */
    char stage[32];           /* the step: "profile", "prepare", "fs", "exec" ... */
    struct sbx_origin origin; /* the line of the profile that asked for what failed */
    char text[1024];          /* what failed, with its object; one line, no full stop */
    char hint[1024];          /* what to do next; "" where there is nothing to say */
    char excerpt[160]; /* the line of the profile, or the part around the column; may be "" */
    unsigned caret;    /* the byte of the excerpt, from 0, that the column is */
};

/* The exit status that the command `sandbox` gives for an error: 125, 126 or 127. */
int sbx_error_exit_status(const struct sbx_error *error);

/* Writes `text` so that it shows nothing but itself on a terminal: each control character, each
 * byte that is no UTF-8, and what changes the direction or the line of the text behind it becomes
 * \xHH.
 *
 * out   receives at most `size` bytes with the final NUL; what does not fit is cut off between two
 *       characters. May be NULL where size is 0.
 *
 * Returns the length of the whole, without the NUL, as snprintf(3) does: 4 * strlen(text) at most.
 */
size_t sbx_escape(const char *text, char *out, size_t size);

/* ---- helper programs ------------------------------------------------------------------------ */

/* Finds a helper program of sandbox's, such as "sandbox-image". It lies beside the running
 * executable or, where that lies in a bin/, in its ../libexec/sandbox/; else where sandbox was
 * installed.
 *
 * path   receives its path, in `size` bytes with the final NUL; PATH_MAX is enough
 *
 * Errors: SBX_E_HOST where there is none. */
int sbx_helper(const char *name, char *path, size_t size, struct sbx_error *error);

/* ---- policy --------------------------------------------------------------------------------- */

/* A loaded profile with all that it extends. Opaque, immutable. */
struct sbx_policy;

/* Loads the profile `name` and what it extends, then applies `overrides`.
 *
 * name       a path (it holds a '/' or ends in ".ini"), or a bare name that is looked for as
 *            NAME.ini in $XDG_CONFIG_HOME/sandbox/profiles (or ~/.config/sandbox/profiles),
 *            /etc/sandbox/profiles, profiles/ beside the running executable and, where that lies
 *            in a bin/, in its ../share/sandbox/, and the installed data directory, in this order.
 *            What is found first is taken; that it can't be read is an error
 * overrides  `count` texts SECTION.KEY=VALUE, for the rules of one system call
 *            "syscall NAME.rules=VALUE", applied in order after the file; may be NULL when
 *            count is 0
 * policy     receives the policy; free it with sbx_policy_free()
 *
 * Errors: SBX_E_PROFILE with file and line, SBX_E_RESOURCE. */
int sbx_policy_load(const char *name, const char *const *overrides, size_t count,
                    struct sbx_policy **policy, struct sbx_error *error);

/* A new policy: `base` with `count` overrides laid over it, in order. For a judge that loads its
 * profile once and sets the limits of each problem. `base` stays as it is, and may be freed before
 * the new one; *policy is freed with sbx_policy_free(). The overrides are counted on from those of
 * `base`: after two of these the first one is "--set" with the line 3. Errors: as
 * sbx_policy_load().
 */
int sbx_policy_set(const struct sbx_policy *base, const char *const *overrides, size_t count,
                   struct sbx_policy **policy, struct sbx_error *error);

/* Frees a policy. NULL is allowed. */
void sbx_policy_free(struct sbx_policy *policy);

/* ---- looking at profiles -------------------------------------------------------------------- */

enum sbx_severity {
    SBX_SEVERITY_NOTE,    /* worth knowing */
    SBX_SEVERITY_WARNING, /* valid, and a way out of the sandbox or into trouble */
    SBX_SEVERITY_ERROR,   /* the profile can't be loaded, or can't be run on any machine */
};

/* One thing that a check found. Its texts live as long as the findings. */
struct sbx_finding {
    enum sbx_severity severity;
    const char *rule;       /* a name that stays: "invalid" for errors, else that of the lint */
    struct sbx_error error; /* where, what, what to do; its code is SBX_E_PROFILE */
};

/* What a check found. Opaque. */
struct sbx_findings;

/* Checks the profile `name`, as sbx_policy_load() would load it with these overrides: reports every
 * error in it, and where there is none, what in it is dangerous or without effect.
 *
 * findings   receives what was found, which may be nothing; free it with sbx_findings_free()
 *
 * That there are errors in the profile is no failure of the check. Errors: SBX_E_RESOURCE. */
int sbx_check(const char *name, const char *const *overrides, size_t count,
              struct sbx_findings **findings, struct sbx_error *error);

/* How many there are, ordered by file and line. */
size_t sbx_findings_count(const struct sbx_findings *findings);

/* One of them; `index` must be below the count. Borrowed from the findings. */
const struct sbx_finding *sbx_findings_at(const struct sbx_findings *findings, size_t index);

/* What a rule finds, in one sentence that lives as long as the process; NULL where there is no rule
 * of that name. */
const char *sbx_rule_help(const char *rule);

/* Removes the findings of the `count` rules, for who knows better. Errors stay; a name that is no
 * rule's removes nothing, see sbx_rule_help(). What sbx_findings_at() has given before is no longer
 * valid. */
void sbx_findings_ignore(struct sbx_findings *findings, const char *const *rules, size_t count);

/* The name of a severity: "note", "warning", "error". */
const char *sbx_severity_name(enum sbx_severity severity);

/* Frees findings. NULL is allowed. */
void sbx_findings_free(struct sbx_findings *findings);

enum sbx_findings_format {
    SBX_FINDINGS_JSON,  /* one JSON object, "version": 1 */
    SBX_FINDINGS_SARIF, /* SARIF 2.1.0, which editors and code hosts read */
};

/* Writes the findings of `count` checks as one text, which the caller owns: free(). Errors:
 * SBX_E_RESOURCE. */
int sbx_findings_format(const struct sbx_findings *const *findings, size_t count,
                        enum sbx_findings_format format, char **text, struct sbx_error *error);

/* Writes the effective policy in canonical INI: each key of each section, in a fixed order, each
 * value in one form. Loaded as a profile of its own it gives an equal policy.
 *
 * origins   each value has a comment behind it that tells where it comes from
 * text      owned by the caller: free(). Nothing in it can do more on a terminal than be read
 *
 * Variables stand in it with what they held when the policy was loaded. Errors: SBX_E_RESOURCE. */
int sbx_policy_print(const struct sbx_policy *policy, bool origins, char **text,
                     struct sbx_error *error);

/* ---- running -------------------------------------------------------------------------------- */

/* One more file for the program, shown read-only in its working directory. */
struct sbx_file {
    const char *source; /* path on the host */
    const char *name;   /* a plain file name inside; NULL means the last part of source */
};

enum { SBX_SETTINGS_MAX = 3, SBX_OBSTACLES_MAX = 64 };

/* Something that a watched program wanted to reach, with what is in the way. Its texts may hold
 * what a program wrote there: print them through sbx_escape(). */
struct sbx_obstacle {
    char call[48]; /* the system call that came to it first, and its arguments */
    char args[480];
    char path[1024]; /* absolute, inside; of a network address: "192.0.2.1:80" */
    char wall[16];   /* what says no: "view", "hidden", "read-only", "noexec", "nosymfollow",
                      * "landlock", "network", "permissions" */
    char why[1400];  /* the same in words, with its object */
    struct sbx_origin origin; /* the line of the profile that asks for it; file may be "" */
    char fix[1200];           /* the least change of the profile, or why there is none */
    char settings[SBX_SETTINGS_MAX][1100]; /* for sbx_policy_set(), all together; the rest is "" */
    int pid; /* of the first process, as the launcher sees it, and what it calls itself */
    char comm[16];
    uint64_t count; /* how often it was wanted; 1 or more */
};

/* What was seen of a watched program. */
struct sbx_watch {
    struct sbx_obstacle obstacles[SBX_OBSTACLES_MAX];
    size_t count;
    uint64_t calls;      /* that were looked at */
    uint64_t left_out;   /* calls that met an obstacle for which there was no room */
    char unwatched[256]; /* why files were not watched; "" where they were */
};

/* What to run. */
struct sbx_command {
    const char *const *argv; /* NULL-terminated, argv[0] is the program: a path, or a bare name that
                              * is looked for in the PATH that the profile sets */
    const char *const *envp; /* NULL-terminated: the environment that the profile's
                              * [environment] pass picks from; NULL means an empty one */
    const struct sbx_file *files;
    size_t file_count;
    int tell_fd; /* where each denial is told in a line while the program runs: a descriptor above
                  * 0, which must be open for writing; 0: nowhere. A line that can't be written
                  * within a second is dropped, and so are those after it until one can be written
                  * at once, and what comes after a thousand */
    struct sbx_watch *watch; /* NULL; else the program is watched, and this receives what was in
                              * its way: see sbx_run() */
};

enum sbx_outcome {
    SBX_OUTCOME_SETUP_FAILED, /* the program never ran */
    SBX_OUTCOME_EXITED,       /* exit_code holds its status */
    SBX_OUTCOME_SIGNALED,     /* signal holds what killed it */
    SBX_OUTCOME_CPU_TIME,     /* ended at limits.cpu_time */
    SBX_OUTCOME_WALL_TIME,    /* ended at limits.wall_time */
    SBX_OUTCOME_MEMORY,       /* its use of memory was seen above limits.memory */
    SBX_OUTCOME_PIDS,         /* ended for limits.pids */
    SBX_OUTCOME_OUTPUT,       /* stdout and stderr together reached limits.output */
    SBX_OUTCOME_DENIED,       /* killed for a denied system call, or by SIGSYS itself */
};

/* How a promise was kept. */
enum sbx_state {
    SBX_STATE_OFF,         /* the profile does not ask for it */
    SBX_STATE_ENFORCED,    /* in force, whole */
    SBX_STATE_PARTIAL,     /* in force by weaker means that `best-effort` allowed; see unkept */
    SBX_STATE_UNAVAILABLE, /* not in force, and `best-effort` allowed that; see unkept */
};

struct sbx_guard_report {
    char guard[16];
    enum sbx_state state;
    char mechanism[256]; /* what enforces it, in the kernel's terms */
};

enum { SBX_GUARDS_MAX = 16, SBX_UNKEPT_MAX = 16, SBX_DENIALS_MAX = 16, SBX_CALLS_MAX = 32 };
/* A system call that the filter did not just let through. Its texts may hold what a program wrote
 * there: print them through sbx_escape(). */
struct sbx_denial {
    char call[48]; /* its name, or number; of i386 "i386 NAME" */
    char
        args[480]; /* its arguments, decoded and escaped: "AF_INET, SOCK_STREAM, 0"; it may end with
                    * "..." */
    char path[1024]; /* the first path among them as the program's memory had it at that moment, or
                      * its beginning; "" where there is none, or it could not be read */
    int pid;         /* of the process, as the launcher sees it */
    int inner_pid;   /* as the sandbox sees it; 0 where that is not known */
    char comm[16];   /* what the thread calls itself */
    char action[32]; /* what it got: "kill", "report:EPERM", "errno:EACCES", "log" */
    char rule[160];  /* what decided: "network.refused", "syscalls.kill @debug", "a house rule: ..."
                      */
    struct sbx_origin origin; /* the line of that; file is "" where it is built in */
    char fix[400]; /* the least change of the profile that lets this call pass with these arguments,
                    * in its words: "syscalls.allow = ptrace"; or why there is none */
    char settings[SBX_SETTINGS_MAX][208]; /* the same for sbx_policy_set(), all of them together;
                                           * the rest is ""; none where there is no such change */
    uint64_t count;                       /* how often this very call was made; 1 or more */
    bool ended;                           /* the program's first process was killed for it */
};

/* How often a system call got an answer. */
struct sbx_call_count {
    char call[48];
    char action[32];
    uint64_t count;
};

/* What happened. Owns no memory. A figure that could not be had is 0 and its *_source is "". */
struct sbx_report {
    enum sbx_outcome outcome;
    int exit_code; /* the program's own, where outcome is EXITED; else -1 */
    int signal;    /* what killed the program's first process; 0 where it was not killed */
    bool killed;   /* true where the launcher ended it: a limit, or a second SIGTERM */

    uint64_t wall_ns; /* from just before exec to the end of the first process */
    uint64_t user_us; /* user time of all processes that were waited for */
    uint64_t sys_us;  /* system time of the same */
    uint64_t cpu_us;  /* user_us + sys_us, or what the limit's clock saw where that is more */
    uint64_t memory_peak_bytes; /* of the largest process, or of the tree where it was sampled */
    char memory_peak_source[32];
    uint64_t pids_peak; /* most processes and threads seen at once; sampled */
    char pids_peak_source[32];
    uint64_t output_bytes; /* to stdout and stderr together, where limits.output is set */
    uint64_t voluntary_switches;
    uint64_t involuntary_switches;

    struct sbx_guard_report guards[SBX_GUARDS_MAX];
    size_t guard_count;
    char unkept[SBX_UNKEPT_MAX][256]; /* each promise that was not kept, in words */
    size_t unkept_count;

    /* What syscalls.tell of the profile has told by name. */
    struct sbx_denial denied[SBX_DENIALS_MAX];  /* the first ones that differ, logged ones too */
    size_t denied_kept;                         /* how many of them are filled in */
    uint64_t denied_count, logged_count;        /* of all calls, whether they are kept or not */
    struct sbx_call_count calls[SBX_CALLS_MAX]; /* the same by call and action, in the order in
                                                 * which they were first seen */
    size_t calls_kept;

    struct sbx_error error; /* where outcome is SETUP_FAILED */
};

/* Says what a run would do, and runs no program: in short what would be refused or not kept, the
 * effective policy with its origins, which wall keeps each promise on this machine, the launch step
 * by step, and why something would be refused. All but the policy stands in comments, so that the
 * text is itself a profile of an equal policy. Nothing in it can do more on a terminal than be
 * read.
 *
 * command   what to run; NULL where no program is named: then the launch is that of any program
 * text      owned by the caller: free()
 *
 * It looks at the same files as a launch, and at the caller's own stdin; the image of root.image is
 * unpacked into the cache where it is not there. That this machine would refuse is no failure; the
 * text says so, of each guard. Errors: SBX_E_PROFILE where the policy can run on no machine,
 * SBX_E_USAGE where the command makes no sense, SBX_E_RESOURCE. */
int sbx_explain(const struct sbx_policy *policy, const struct sbx_command *command, char **text,
                struct sbx_error *error);

/* Says what the policy makes of one system call: the verdict, the rule, and its line.
 *
 * call        its name, as in syscalls(2)
 * arguments   `count` texts NAME=VALUE, where NAME is the argument's name in the manual page, or
 *             arg0 to arg5, and VALUE a number, or constants joined by '|'. An argument that is not
 *             given may be anything. May be NULL when count is 0
 * text        for people, safe on a terminal; owned by the caller: free()
 *
 * Errors: SBX_E_USAGE for a name or a value that is not known, SBX_E_PROFILE, SBX_E_RESOURCE;
 * SBX_E_SETUP where the compiled filter does not agree with the rules, which is a fault of ours. */
int sbx_explain_call(const struct sbx_policy *policy, const char *call,
                     const char *const *arguments, size_t count, char **text,
                     struct sbx_error *error);

/* Lists a group of system calls: the numbers of each call on each architecture, and the kernel that
 * brought it.
 *
 * group   "@NAME", as profiles have it; "@" alone lists the groups, and what each is for
 * text    for people, safe on a terminal; owned by the caller: free()
 *
 * Errors: SBX_E_USAGE where there is no such group, SBX_E_RESOURCE. */
int sbx_explain_group(const char *group, char **text, struct sbx_error *error);

/* Compares two policies: what `b` allows that `a` does not, the reverse, and what only differs.
 *
 * They are equal where a program could see no difference: [profile] does not count, nor the order
 * of words, nor other words for the same thing. System calls are compared by what each one gets, on
 * this machine's architecture.
 *
 * equal   receives whether there is no difference; may be NULL
 * text    for people, safe on a terminal: a line for each difference with the places that it comes
 *         from; owned by the caller: free()
 *
 * Errors: SBX_E_PROFILE where one of them can run on no machine, SBX_E_RESOURCE. */
int sbx_policy_diff(const struct sbx_policy *a, const struct sbx_policy *b, bool *equal,
                    char **text, struct sbx_error *error);

/* Runs a command under a policy, with the caller's stdin, stdout and stderr, and waits for its end.
 * A regular stdin that the program could write is shown to it read-only, from the same offset; the
 * caller's own offset does not move. With limits.output the program writes to pipes.
 *
 * With command->watch set, each call that names a file or an address waits until the launcher has
 * looked at what is there; all that the filter denies is told as with syscalls.tell = all. What is
 * found out is for people: a program can change a name while it is looked at, so no wall rests on
 * it. The walls are those of any run, and it takes longer.
 *
 * report     is always filled in, also on failure (outcome SETUP_FAILED)
 *
 * Returns 0 where the program ran, whatever came of it, and -1 where it did not run. In both cases
 * no process, mount or file of the sandbox is left.
 *
 * Errors: all of enum sbx_code. */
int sbx_run(const struct sbx_policy *policy, const struct sbx_command *command,
            struct sbx_report *report, struct sbx_error *error);

/* The exit status of the command `sandbox` for a report: the program's own; 128+N for a signal;
 * 124 a time limit; 137 memory; 153 output; 159 a denied call; 125, 126, 127 where it never ran. */
int sbx_report_exit_status(const struct sbx_report *report);

/* The name of an outcome as it stands in the report: "exited", "cpu_time" ... */
const char *sbx_outcome_name(enum sbx_outcome outcome);

enum sbx_report_format {
    SBX_REPORT_JSON, /* one JSON object, "version": 1 */
    SBX_REPORT_META, /* key:value lines, as ioi/isolate's --meta writes them */
};

/* Writes a report as text. *text is owned by the caller: free(). Errors: SBX_E_RESOURCE. */
int sbx_report_format(const struct sbx_report *report, enum sbx_report_format format, char **text,
                      struct sbx_error *error);

/* ---- what a run has changed ----------------------------------------------------------------- */

/* A root whose changes are kept: the profile's root.upper and root.lower. */
struct sbx_layers {
    const char *upper;         /* the directory that keeps them */
    const char *const *lowers; /* the directories below it, topmost first */
    size_t lower_count;
};

/* The layers of a policy's root. The lower directories that may be absent, and are, are left out;
 * those of an image are the ones in the cache, into which it is unpacked where it is not there.
 *
 * layers   owned by the caller: free(), of all of it at once
 *
 * Errors: SBX_E_PROFILE where the profile keeps no changes; with an image as sbx_run(). */
int sbx_policy_layers(const struct sbx_policy *policy, struct sbx_layers **layers,
                      struct sbx_error *error);

enum sbx_change_kind {
    SBX_CHANGE_ADDED,    /* 'A' */
    SBX_CHANGE_CHANGED,  /* 'M': `what` says in what */
    SBX_CHANGE_REMOVED,  /* 'D': with all that was in it */
    SBX_CHANGE_REPLACED, /* 'T': by a thing of another type */
};

/* In what a thing has changed; several may be true. */
enum {
    SBX_CHANGE_CONTENT = 1 << 0,
    SBX_CHANGE_MODE = 1 << 1,
    SBX_CHANGE_TIMES =
        1 << 2, /* of modification; of a directory only where nothing in it has changed */
    SBX_CHANGE_XATTRS = 1 << 3, /* user.* and POSIX access lists */
    SBX_CHANGE_LINK = 1 << 4,   /* where a symbolic link leads */
};

/* One change. Its texts may hold anything: print them through sbx_escape(). */
struct sbx_change {
    enum sbx_change_kind kind;
    unsigned what;               /* SBX_CHANGE_CONTENT and so on; 0 where the kind says it all */
    const char *path;            /* from the root of the sandbox, begins with '/' */
    const char *type, *old_type; /* "file", "directory", "symlink", "fifo", "socket", "device"; NULL
                                  * where there is none */
    uint64_t size, old_size;     /* of files, in bytes; else 0 */
    unsigned mode, old_mode;     /* the twelve bits of chmod(2) */
    const char *link;            /* where a symbolic link leads now; else NULL */
};

/* Lists what the runs have changed, compared with what the lower directories hold now, ordered by
 * the names; a directory stands before what is in it. It changes nothing but times of access.
 *
 * seen   gets one change after the other, each valid for the time of the call. Returns 0; another
 *        value ends the list
 * data   is handed to it
 *
 * Errors: SBX_E_USAGE where `upper` is no such directory; SBX_E_HOST where a sandbox is running in
 * it, or something can't be read; SBX_E_RESOURCE. */
int sbx_changes_list(const struct sbx_layers *layers,
                     int (*seen)(const struct sbx_change *change, void *data), void *data,
                     struct sbx_error *error);

enum sbx_change_format {
    SBX_CHANGE_TEXT, /* a line for people: letter, size, what, path; escaped */
    SBX_CHANGE_NULL, /* the same for programs: the path as it is, up to a NUL in place of a newline
                      */
    SBX_CHANGE_JSON, /* one JSON object on one line */
};

/* Writes a change as text. *text is owned by the caller: free(). *length receives how long it is;
 * may be NULL. Errors: SBX_E_RESOURCE. */
int sbx_change_format(const struct sbx_change *change, enum sbx_change_format format, char **text,
                      size_t *length, struct sbx_error *error);

/* What was done. */
struct sbx_applied {
    uint64_t written; /* files, links, FIFOs, and directories that are new */
    uint64_t removed; /* names, each with all that was in it */
    uint64_t setid;   /* set-user-id and set-group-id modes of files, which are never written */
};

/* Writes the changes into the topmost lower directory, lowers[0], and empties `upper`. All is
 * checked before anything is written: what can't be applied refuses the whole. Each file is written
 * beside its place and renamed; what is removed is removed at the end. Nothing is followed that is
 * a symbolic link in lowers[0].
 *
 * dry_run    check alone
 * applied    is filled in on failure too
 *
 * After a failure `upper` still holds all of it: mend the cause and call again. Errors: as
 * sbx_changes_list(). */
int sbx_changes_apply(const struct sbx_layers *layers, bool dry_run, struct sbx_applied *applied,
                      struct sbx_error *error);

/* Throws the changes that are kept in `upper` away. Errors: as sbx_changes_list(). */
int sbx_changes_discard(const char *upper, struct sbx_error *error);

#ifdef __cplusplus
}
#endif
#endif
