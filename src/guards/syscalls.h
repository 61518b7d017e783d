/* SPDX-License-Identifier: MIT
 *
 * syscalls.h - what the seccomp guard tells about its filter, to those who explain and compare, and
 * to the supervisor, who answers for the filter.
 */
#ifndef GUARDS_SYSCALLS_H
#define GUARDS_SYSCALLS_H

#include "policy/diag.h"
#include "policy/policy.h"
#include <stdio.h>

/* Writes what the policy makes of one system call: the verdict, the rule that decides, its line.
 * The filter is compiled as for a launch and run on the arguments, and the answer must agree with
 * the rules: where it does not, that is an error (SBX_E_SETUP), not an answer.
 *
 * arguments   `count` texts NAME=VALUE; see sbx_explain_call()
 *
 * Returns 0, or -1 with *error filled in. Errors: SBX_E_USAGE, SBX_E_PROFILE, SBX_E_RESOURCE. */
int syscalls_ask(const struct sbx_policy *policy, const char *call, const char *const *arguments,
                 size_t count, FILE *out, struct sbx_error *error);

/* Writes the calls of a group, with their numbers and the kernels that brought them; "@" alone
 * stands for a list of the groups. Errors: SBX_E_USAGE where there is no such group. */
int syscalls_list(const char *word, FILE *out, struct sbx_error *error);

/* What one call gets from a policy, the house rules included. */
struct syscall_verdict {
    const char *name;           /* as in syscalls(2); lives until the function returns */
    struct value_action action; /* its origin is that of the word that decides */
    bool narrowed;              /* allowed, but for what a house rule refuses by its arguments */
};

/* Calls `each` for all system calls of this machine that are known, in the order of their names;
 * where the policy allows i386, also for those that i386 alone has.
 * Errors: SBX_E_PROFILE, SBX_E_RESOURCE. */
int syscalls_each(const struct sbx_policy *policy,
                  void (*each)(void *context, const struct syscall_verdict *verdict), void *context,
                  struct sbx_error *error);

/* ---- calls that the filter has handed over -------------------------------------------------- */

/* The rules of a policy, settled once for many questions. Opaque; the policy is borrowed. */
struct decider;

/* Errors: SBX_E_PROFILE, SBX_E_RESOURCE. */
int decider_new(const struct sbx_policy *policy, struct decider **rules, struct sbx_error *error);
void decider_free(struct decider *rules);

/* The AUDIT_ARCH_* of the machine's own ABI. */
uint32_t decider_arch(void);

/* A call as the kernel tells of it. */
struct call_made {
    uint32_t arch; /* AUDIT_ARCH_* */
    int number;
    uint64_t args[6];
};

/* What a call gets, by its ABI, its number and its registers alone. One of an ABI that the rules do
 * not allow is killed. */
struct value_action decider_decide(const struct decider *rules, const struct call_made *call);

/* How the memory of a program is read. */
struct call_memory {
    /* Reads a text up to its NUL. `text` receives at most `size` bytes with the NUL; *more is true
     * where the text goes on. -1 where nothing can be read. */
    int (*read)(void *context, uint64_t address, char *text, size_t size, bool *more);
    void *context;
};

/* Fills in what is told of a call: call, args, path, action, rule, origin, fix, settings. memory
 * may be NULL. */
void decider_tell(const struct decider *rules, const struct call_made *call,
                  const struct call_memory *memory, struct sbx_denial *denial);

/* The name of a call; its number where it has none. Of a call of i386 "i386 NAME". */
void call_name(uint32_t arch, int number, char *text, size_t size);

/* What the kernel takes of each argument's register; none of those that the call has not. */
void call_masks(uint32_t arch, int number, uint64_t masks[6]);

/* What a call wants of a path. */
enum path_wish {
    WISH_NONE,
    WISH_LOOK,    /* that it is there */
    WISH_OPEN,    /* what the flags of open(2) say */
    WISH_ACCESS,  /* what access(2) asks for */
    WISH_ENTER,   /* that it is a directory that may be entered */
    WISH_EXEC,    /* that it may be executed */
    WISH_MAKE,    /* to make it */
    WISH_REMOVE,  /* that it may be removed */
    WISH_CHANGE,  /* to change its content, its mode or its times */
    WISH_CONNECT, /* an address to reach */
    WISH_BIND,    /* an address to take */
};

/* A path among the arguments of a call; arguments by number, -1 where there is none. */
struct call_path {
    enum path_wish wish;
    signed char directory, path, flags; /* with addresses: -, the address, its length */
    bool is_link;                       /* a link at the end is meant itself */
};
enum { CALL_PATHS = 2 };
struct call_paths {
    int number;
    struct call_path of[CALL_PATHS]; /* the rest is WISH_NONE */
};

/* What a call names; NULL where that is nothing. Only of such calls those that pass are watched. */
const struct call_paths *call_paths_of(int number);

/* "kill", "log", "errno:EPERM" */
void call_action_text(struct value_action action, char *text, size_t size);

#endif
