/* SPDX-License-Identifier: MIT
 *
 * diff.c - sbx_policy_diff(): what one policy allows that another one does not.
 *
 * Two policies are equal where nothing but [profile] differs: how a profile describes itself and
 * what it started from changes nothing for the program. Nor does how a thing is written: the order
 * of words, a group in place of its calls, files.bind in place of files.ro.
 */
#include "explain/diff.h"
#include "base/utf8.h"
#include "explain/stream.h"
#include "explain/title.h"
#include "launch/prepare.h"
#include "policy/print.h"
#include "policy/value.h"
#include <string.h>

/* ---- what was found ------------------------------------------------------------------------- */

static void append(struct diff *diff, struct changes *changes, const struct change *change)
{
    struct change *copy = arena_alloc(&diff->arena, sizeof(*copy));
    if (!copy) {
        diff->broken = true;
        return;
    }
    *copy = *change;
    *changes->tail = copy;
    changes->tail = &copy->next;
}

void diff_add(struct diff *diff, unsigned ways, const char *what, const char *text,
              const struct origin *from, const struct origin *to)
{
    const struct change change = {.what = what, .text = text, .from = from, .to = to};
    if (!what || !text) {
        diff->broken = true;
        return;
    }
    if (ways & WAY_MORE)
        append(diff, &diff->more, &change);
    if (ways & WAY_LESS)
        append(diff, &diff->less, &change);
    if (ways & WAY_OTHER)
        append(diff, &diff->other, &change);
}

unsigned diff_way_up(const struct key *key)
{
    return key->allows == ALLOWS_MORE   ? WAY_MORE
           : key->allows == ALLOWS_LESS ? WAY_LESS
                                        : WAY_OTHER;
}

unsigned diff_way_down(const struct key *key)
{
    return key->allows == ALLOWS_MORE   ? WAY_LESS
           : key->allows == ALLOWS_LESS ? WAY_MORE
                                        : WAY_OTHER;
}

const char *diff_name(struct diff *diff, const struct key *key)
{
    return arena_printf(&diff->arena, "%s.%s", key->section, key->name);
}

/* ---- key by key ----------------------------------------------------------------------------- */

/* Compares all, in the order of the keys; what is compared together stands at the first of them. */
static int compare(struct diff *diff, struct sbx_error *error)
{
    for (const struct key *key = policy_keys; key < policy_keys + KEY_COUNT; key++) {
        switch ((enum key_id)(key - policy_keys)) {
        case KEY_profile_description:
        case KEY_profile_extends:
        case KEY_files_rw:
        case KEY_files_bind:
        case KEY_syscalls_allow:
        case KEY_syscalls_errno:
        case KEY_syscalls_report:
        case KEY_syscalls_kill:
        case KEY_syscalls_log:
            break;
        case KEY_files_ro:
            diff_views(diff);
            break;
        case KEY_syscall_rules:
            diff_rules(diff);
            break;
        case KEY_syscalls_default:
            if (diff_calls(diff, error) != 0)
                return -1;
            break;
        default:
            if (key->type->item)
                diff_list(diff, key);
            else
                diff_scalar(diff, key);
        }
    }
    return diff->broken ? err_memory(error, "diff") : 0;
}

/* ---- as text -------------------------------------------------------------------------------- */

static int put_origins(struct arena *arena, const struct change *change, FILE *out)
{
    const char *from = change->from ? origin_text(arena, *change->from) : "";
    const char *to = change->to ? origin_text(arena, *change->to) : "";
    if (!from || !to)
        return -1;
    fputs("  (", out);
    text_put(out, from);
    fputs(change->from && change->to ? " -> " : "", out);
    text_put(out, to);
    fputc(')', out);
    return 0;
}

static int put_changes(struct arena *arena, const char *title, const struct changes *changes,
                       FILE *out)
{
    fprintf(out, "%s:%s\n", title, changes->first ? "" : " nothing");
    for (const struct change *change = changes->first; change; change = change->next) {
        fprintf(out, "    %-20s ", change->what);
        text_put(out, change->text);
        if (put_origins(arena, change, out) != 0)
            return -1;
        fputc('\n', out);
    }
    return 0;
}

static bool is_equal(const struct diff *diff)
{
    return !diff->more.first && !diff->less.first && !diff->other.first;
}

static int put(struct diff *diff, FILE *out)
{
    if (title_put(out, diff->a) != 0)
        return -1;
    fputs(" -> ", out);
    if (title_put(out, diff->b) != 0)
        return -1;
    fputc('\n', out);
    if (is_equal(diff)) {
        fputs("no difference\n", out);
        return 0;
    }
    if (put_changes(&diff->arena, "allows more", &diff->more, out) != 0 ||
        put_changes(&diff->arena, "allows less", &diff->less, out) != 0)
        return -1;
    return put_changes(&diff->arena, "differs", &diff->other, out);
}

/* ---- the whole ------------------------------------------------------------------------------ */

static int compare_and_put(struct diff *diff, char **text, struct sbx_error *error)
{
    struct stream stream;
    /* What can run nowhere has no meaning that could be compared. */
    if (plan_accept(diff->a, error) != 0 || plan_accept(diff->b, error) != 0 ||
        compare(diff, error) != 0 || stream_open(&stream, error) != 0)
        return -1;
    if (put(diff, stream.out) != 0) {
        stream_drop(&stream);
        return err_memory(error, "diff");
    }
    return stream_take(&stream, text, error);
}

int sbx_policy_diff(const struct sbx_policy *a, const struct sbx_policy *b, bool *equal,
                    char **text, struct sbx_error *error)
{
    struct diff diff = {.a = a, .b = b};
    diff.more.tail = &diff.more.first;
    diff.less.tail = &diff.less.first;
    diff.other.tail = &diff.other.first;
    int result = compare_and_put(&diff, text, error);
    if (result == 0 && equal)
        *equal = is_equal(&diff);
    arena_free(&diff.arena);
    return result;
}
