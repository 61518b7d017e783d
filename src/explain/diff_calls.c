/* SPDX-License-Identifier: MIT
 *
 * diff_calls.c - compares what each system call gets. Which words say so is no matter: a group in
 * place of its calls, or a default in place of a list, is no difference.
 *
 * By which arguments a call that is allowed is narrowed follows from keys that are compared by
 * themselves, network.families and network.refused, or is the same for all. Whether it is narrowed
 * at all may also follow from what another call gets.
 */
#include "explain/diff.h"
#include "guards/syscalls.h"
#include "policy/value.h"
#include <string.h>

struct call {
    const struct call *next;
    const char *name;
    struct value_action action;
    bool narrowed;
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
    *call = (struct call){.name = name, .action = verdict->action, .narrowed = verdict->narrowed};
    *calls->tail = call;
    calls->tail = &call->next;
}

static unsigned way_of(const struct call *a, const struct call *b)
{
    const unsigned rank_a = diff_action_rank(&a->action), rank_b = diff_action_rank(&b->action);
    if (rank_a != rank_b)
        return rank_a < rank_b ? WAY_MORE : WAY_LESS;
    if (a->narrowed != b->narrowed)
        return a->narrowed ? WAY_MORE : WAY_LESS;
    return a->action.kind != b->action.kind || a->action.error != b->action.error ? WAY_OTHER : 0U;
}

static const char *text_of(struct diff *diff, const struct call *call, bool narrowed)
{
    const struct type *type = &policy_types[TYPE_action];
    const char *text = type->print(&diff->arena, type, &call->action);
    return text && narrowed ? arena_printf(&diff->arena, "%s, narrowed by its arguments", text)
                            : text;
}

/* Notes what has become of one call. */
static void compare(struct diff *diff, const struct call *a, const struct call *b)
{
    const unsigned way = way_of(a, b);
    if (!way)
        return;
    const bool alike = a->action.kind == b->action.kind; /* then that is the difference */
    const char *text_a = text_of(diff, a, alike && a->narrowed);
    const char *text_b = text_of(diff, b, alike && b->narrowed);
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
    /* The machine is the same, and so are the names, but for calls of i386 that one alone allows:
     * of these the difference in syscalls.arch tells. */
    for (const struct call *i = a.first, *j = b.first; i && j;) {
        const int order = strcmp(i->name, j->name);
        if (order == 0)
            compare(diff, i, j);
        i = order <= 0 ? i->next : i;
        j = order >= 0 ? j->next : j;
    }
    return 0;
}
