/* SPDX-License-Identifier: MIT
 *
 * types.h - the value types of a profile: what each one holds once it is loaded.
 *
 * Every value knows where it came from. types.c has the table, with an entry for each type.
 */
#ifndef POLICY_TYPES_H
#define POLICY_TYPES_H

#include "base/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "unlimited" in sizes, durations and counts. */
#define POLICY_UNLIMITED UINT64_MAX

struct value_string {
    const char *v; /* NULL where unset */
    struct origin origin;
};
struct value_path { /* absolute, no "." or "..", no double or final slash */
    const char *v;
    struct origin origin;
};
struct value_size { /* bytes */
    uint64_t v;
    struct origin origin;
};
struct value_duration { /* nanoseconds */
    uint64_t v;
    struct origin origin;
};
struct value_count {
    uint64_t v;
    struct origin origin;
};
struct value_id { /* 0 to 2^32 - 2 */
    uint32_t v;
    struct origin origin;
};
struct value_mode { /* permission bits, 0 to 0777 */
    unsigned v;
    struct origin origin;
};
struct value_nice { /* 0 to 19 */
    int v;
    struct origin origin;
};

struct value_ratio { /* thousandths: 1500 is 1.5, or 150% */
    uint64_t v;
    struct origin origin;
};

struct value_upper { /* where the changes of an overlay go; nowhere: it is read-only */
    bool tmpfs;
    const char *v;   /* a directory, absolute; NULL: none */
    uint64_t size;   /* tmpfs: bytes, 0 where not given */
    uint64_t inodes; /* tmpfs: 0 where not given */
    struct origin origin;
};

/* ENUM(type, first word, second word...): values count from 0 in the order of the words. */
enum share { SHARE_PRIVATE, SHARE_HOST };
enum yesno { YESNO_NO, YESNO_YES };
enum driver { DRIVER_KERNEL, DRIVER_FUSE };
enum base { BASE_HOST, BASE_OVERLAY, BASE_EMPTY };
enum dev { DEV_MINIMAL, DEV_NONE };
enum mqueue { MQUEUE_NONE, MQUEUE_PRIVATE };
enum proc { PROC_UNMASKED, PROC_PRIVATE, PROC_PIDS, PROC_NONE };
enum sysfs { SYS_NONE, SYS_RO };
enum enforce { ENFORCE_STRICT, ENFORCE_BEST_EFFORT };
enum landlock { LANDLOCK_OFF, LANDLOCK_AUTO, LANDLOCK_REQUIRE };
enum netmode { NETMODE_NONE, NETMODE_LOOPBACK, NETMODE_HOST };
struct value_enum {
    int v;
    struct origin origin;
};
#define value_share    value_enum
#define value_yesno    value_enum
#define value_base     value_enum
#define value_driver   value_enum
#define value_dev      value_enum
#define value_mqueue   value_enum
#define value_proc     value_enum
#define value_sys      value_enum
#define value_enforce  value_enum
#define value_netmode  value_enum
#define value_landlock value_enum

/* Which denials are told by name. */
enum tell {
    TELL_NONE,
    TELL_KILLS,
    TELL_ALL,
    TELL_WATCH, /* no profile can say it: all, and calls that pass and name files or addresses */
    /* With any of these, and said by no profile either: kills are the kernel's alone. */
    TELL_BUT_KILLS = 8,
};
#define value_tell value_enum

/* What a system call gets. */
enum action_kind {
    ACTION_ALLOW,
    ACTION_LOG,    /* passes, and is counted */
    ACTION_ERRNO,  /* fails */
    ACTION_REPORT, /* fails, and is told by name */
    ACTION_KILL,
}; /* in the order of their strength */
struct value_action {
    enum action_kind kind;
    int error; /* with ACTION_ERRNO and ACTION_REPORT: the errno value, 1 to 4095 */
    struct origin origin;
};

/* What a word that shows something of the host can say beside :rw. */
enum view_option {
    VIEW_NOEXEC = 1,      /* nothing in it can be executed */
    VIEW_NOSYMFOLLOW = 2, /* no symbolic link in it is followed */
};

/* Where a token of a condition stands: an error can point to it. */
struct token_place {
    unsigned offset; /* in the condition's text */
    unsigned line;
    uint16_t column, length; /* as in struct origin */
};

/* One word of a list. Which members hold something depends on the list's type. */
struct item {
    const char *text;   /* the one form of the word, as a profile would have it, without its mark */
    const char *first;  /* words, variables: the word; paths, views, tmpfs, texts: the path; binds:
                         * the source; links: the content; assigns: the name; calls: the name or
                         * @group; capabilities: the name with cap_, in small letters; endpoints:
                         * the address, NULL for any; rules: the name of the call */
    const char *second; /* binds: the target; links: the path; assigns: the value; texts: the
                         * content; rules: the condition, one blank between any two tokens, or NULL
                         */
    bool optional;      /* it stood as ?word: it may be absent on this machine */
    bool writable;      /* binds: ":rw" */
    unsigned options;   /* views, binds: enum view_option */
    uint64_t size;      /* tmpfs: bytes, 0 where not given */
    uint64_t inodes;    /* tmpfs: 0 where not given */
    unsigned mode;      /* tmpfs: default 01777 */
    int number;         /* families: AF_*; calls, rules: the errno value, 0 where none is given;
                         * endpoints: the port, 0 for any; ports: the first of a range */
    enum action_kind kind;            /* rules: what the call gets */
    const struct token_place *places; /* rules: where each token of the condition stands */
    size_t place_count;
    int last; /* ports: the last of the range; "any" is the one from 0 to 65535 */
    struct origin origin;
};
struct value_list {
    const struct item *items;
    size_t count;
    struct origin origin; /* of the first line that set it; file NULL where none did */
};
#define value_words        value_list
#define value_paths        value_list
#define value_layers       value_list
#define value_binds        value_list
#define value_views        value_list
#define value_tmpfs        value_list
#define value_links        value_list
#define value_assigns      value_list
#define value_texts        value_list
#define value_calls        value_list
#define value_families     value_list
#define value_abis         value_list
#define value_capabilities value_list
#define value_variables    value_list
#define value_endpoints    value_list
#define value_rules        value_list
#define value_ports        value_list

#endif
