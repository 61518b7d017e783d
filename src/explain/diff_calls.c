/* SPDX-License-Identifier: MIT
 *
 * diff_calls.c - compares what each system call gets. Which words say so is no matter: a group in
 * place of its calls, or a default in place of a list, is no difference.
 *
 * That a call which is allowed is narrowed by its arguments is the same for all, or follows from
 * what is compared by itself: network.families and network.refused, namespaces.nested, and for
 * prctl the verdict on seccomp.
 */
#include "explain/diff.h"
#include "guards/syscalls.h"
#include "policy/value.h"
#include <string.h>

struct call {
    const struct call *next;
    const char *name;
    struct value_action action;
};

/* The calls of one policy, in the order of their names. */
struct calls {
    struct diff *diff;
    const struct call *first, **tail;
};

static void note(void *context, const struct syscall_verdict *verdict)
{
    struct calls *calls = context;
    struct call *call = arena_alloc(&calls->diff->arena, sizeof(*call));
    const char *name = arena_strdup(&calls->diff->arena, verdict->name);
    if (!call || !name) {
        calls->diff->broken = true;
        return;
    }
    *call = (struct call){.name = name, .action = verdict->action};
    *calls->tail = call;
    calls->tail = &call->next;
}

/* Notes what has become of one call. */
static void compare(struct diff *diff, const struct call *a, const struct call *b)
{
    const struct type *type = &policy_types[TYPE_action];
    const unsigned rank_a = diff_action_rank(&a->action), rank_b = diff_action_rank(&b->action);
    if (rank_a == rank_b && (a->action.kind != ACTION_ERRNO || a->action.error == b->action.error))
        return;
    const unsigned way = rank_a < rank_b ? WAY_MORE : rank_a > rank_b ? WAY_LESS : WAY_OTHER;
    const char *text_a = type->print(&diff->arena, type, &a->action);
    const char *text_b = type->print(&diff->arena, type, &b->action);
    const char *text = NULL;
    if (text_a && text_b)
        text = arena_printf(&diff->arena, "%s %s (%s -> %s)",
                            way == WAY_MORE   ? "+"
                            : way == WAY_LESS ? "-"
                                              : "~",
                            a->name, text_a, text_b);
    diff_add(diff, way, "system calls", text, &a->action.origin, &b->action.origin);
}

int diff_calls(struct diff *diff, struct sbx_error *error)
{
    struct calls a = {.diff = diff}, b = {.diff = diff};
    a.tail = &a.first;
    b.tail = &b.first;
    if (syscalls_each(diff->a, note, &a, error) != 0 ||
        syscalls_each(diff->b, note, &b, error) != 0)
        return -1;
    if (diff->broken)
        return 0; /* the caller sees it */
    /* The machine is the same, and so are the names. */
    for (const struct call *i = a.first, *j = b.first; i && j; i = i->next, j = j->next)
        compare(diff, i, j);
    return 0;
}
