/* SPDX-License-Identifier: MIT
 *
 * explain.c - sbx_explain(): the policy as a profile, and around it in comments what a launch would
 * make of it on this machine. Prepares as a launch does, and starts nothing.
 *
 * No line of a comment may become a line of the profile, whatever a profile, a path or a guard puts
 * into it: all of them go through comments_put().
 */
#include "base/utf8.h"
#include "explain/stream.h"
#include "explain/title.h"
#include "launch/order.h"
#include "launch/prepare.h"
#include "policy/print.h"
#include <stdlib.h>
#include <string.h>

enum { VALUE_ROOM = 64 }; /* of a value that only reminds: the policy above has it whole */

struct explanation {
    const struct sbx_policy *policy;
    const struct sbx_command *command; /* NULL: of any program */
    struct host host;
    struct plan plan;
    struct refusals refusals;
    struct arena arena; /* for texts */
};

/* ---- comments ------------------------------------------------------------------------------- */

/* Writes each line of a text as a comment. */
static void comments_put(FILE *out, char *text)
{
    for (char *line; (line = strsep(&text, "\n")) != NULL;) {
        if (!text && !*line)
            break; /* what stands behind the last end of line */
        fputs(*line ? "; " : ";", out);
        text_put(out, line);
        fputc('\n', out);
    }
}

/* Has `write` write a text, which becomes comments. */
static int comments(struct explanation *about, int (*write)(struct explanation *about, FILE *out),
                    FILE *out, struct sbx_error *error)
{
    struct stream stream;
    char *text;
    if (stream_open(&stream, error) != 0)
        return -1;
    if (write(about, stream.out) != 0) {
        stream_drop(&stream);
        return err_memory(error, "explain");
    }
    if (stream_take(&stream, &text, error) != 0)
        return -1;
    comments_put(out, text);
    free(text);
    return 0;
}

/* ---- what keeps a promise ------------------------------------------------------------------- */

static const struct refusal *refusal_of(const struct explanation *about, const char *guard)
{
    for (size_t i = 0; i < about->refusals.count; i++)
        if (strcmp(about->refusals.list[i].guard->name, guard) == 0)
            return &about->refusals.list[i];
    return NULL;
}

/* What becomes of the promise of a key. */
struct promise {
    const struct guard *guard; /* NULL: nobody answers for it */
    struct wall wall;
    bool refused, asked_for, kept;
};

static struct promise promise_of(const struct explanation *about, enum key_id id)
{
    struct promise promise = {.guard = NULL};
    promise.guard = plan_wall(&about->plan, id, &promise.wall);
    promise.refused = promise.guard && refusal_of(about, promise.guard->name);
    promise.asked_for = !promise.guard || promise.refused || promise.wall.state != SBX_STATE_OFF;
    promise.kept = promise.guard && !promise.refused &&
                   (!promise.asked_for || promise.wall.state == SBX_STATE_ENFORCED);
    return promise;
}

/* [profile] is about the profile itself, and promises nothing. */
static bool is_promise(enum key_id id)
{
    return strcmp(policy_keys[id].section, "profile") != 0;
}

/* Words with a comma between them, in lines of at most some hundred characters. */
struct names {
    FILE *out;
    size_t column, indent;
    bool any;
};

static void names_add(struct names *names, const char *section, const char *name)
{
    size_t length = strlen(section) + strlen(name) + (*section ? 1 : 0);
    if (names->any)
        names->column += (size_t)fprintf(names->out, ",");
    if (names->any && names->column + length > 96)
        names->column = (size_t)fprintf(names->out, "\n%*s", (int)names->indent, "") - 1;
    names->column += (size_t)fprintf(names->out, " %s%s%s", section, *section ? "." : "", name);
    names->any = true;
}

/* ---- whose policy it is, and the answer in short -------------------------------------------- */

static void write_summary(const struct explanation *about, FILE *out)
{
    struct names refused = {.out = out, .column = 8, .indent = 2};
    fputs("refused:", out);
    for (size_t i = 0; i < about->refusals.count; i++)
        names_add(&refused, "", about->refusals.list[i].guard->name);
    fputs(refused.any ? "; see the end\n" : " nothing\n", out);

    struct names partly = {.out = out, .column = 15, .indent = 2};
    fputs("not kept whole:", out);
    for (int id = 0; id < KEY_COUNT; id++)
        if (is_promise((enum key_id)id) && !promise_of(about, (enum key_id)id).kept)
            names_add(&partly, policy_keys[id].section, policy_keys[id].name);
    fputs(partly.any ? "\n" : " nothing\n", out);
}

static int write_header(struct explanation *about, FILE *out)
{
    const struct sbx_policy *policy = about->policy;
    const struct value_list *extends = &policy->profile_extends;
    fputs("What a launch would do on this machine. This text is a profile, too.\n\n"
          "profile: ",
          out);
    if (title_put(out, policy) != 0)
        return -1;
    fputs("\nextends:", out);
    for (size_t i = 0; i < extends->count; i++) {
        fputc(' ', out);
        text_put(out, extends->items[i].text);
    }
    fputs(extends->count ? "\nfiles read: " : " nothing\nfiles read: ", out);
    if (title_put_files(out, policy) != 0)
        return -1;
    fputs("\nprogram:", out);
    const char *const *argv = about->command ? about->command->argv : NULL;
    for (; argv && *argv; argv++) {
        fputc(' ', out);
        text_put(out, *argv);
    }
    fputs(about->command ? "\n" : " any\n", out);
    write_summary(about, out);
    fputs("\nBehind each value stands where it comes from.\n\n", out);
    return 0;
}

/* ---- walls ---------------------------------------------------------------------------------- */

/* " = VALUE", or as much of it as there is room for. */
static int write_value(struct explanation *about, const struct key *key, FILE *out)
{
    char shown[VALUE_ROOM + 1];
    const char *text = policy_value_text(&about->arena, about->policy, key);
    if (!text)
        return -1;
    size_t whole = sbx_escape(text, shown, sizeof(shown));
    fprintf(out, " = %s%s", whole ? shown : "(empty)", whole > VALUE_ROOM ? "..." : "");
    return 0;
}

static int write_wall(struct explanation *about, enum key_id id, FILE *out)
{
    static const char *const states[] = {
        [SBX_STATE_OFF] = "not asked for",
        [SBX_STATE_ENFORCED] = "enforced",
        [SBX_STATE_PARTIAL] = "PARTIAL",
        [SBX_STATE_UNAVAILABLE] = "UNAVAILABLE",
    };
    const struct key *key = &policy_keys[id];
    const struct promise promise = promise_of(about, id);
    fprintf(out, "%s %s.%s", promise.kept ? " " : "!", key->section, key->name);
    if (write_value(about, key, out) != 0)
        return -1;
    fputs("\n      ", out);
    if (!promise.guard) {
        fputs("UNAVAILABLE: no guard answers for it\n", out);
    } else if (promise.refused) {
        fprintf(out, "REFUSED by %s, see the end\n", promise.guard->name);
    } else {
        fputs(states[promise.wall.state], out);
        fputs(*promise.wall.mechanism ? ": " : "", out);
        text_put(out, promise.wall.mechanism);
        fputc('\n', out);
    }
    return 0;
}

static int write_walls(struct explanation *about, FILE *out)
{
    struct names off = {.out = out, .column = 26, .indent = 4};
    fputs("\nWhat keeps each promise on this machine. A '!' marks what is not kept whole.\n\n",
          out);
    for (int id = 0; id < KEY_COUNT; id++)
        if (is_promise((enum key_id)id) && promise_of(about, (enum key_id)id).asked_for &&
            write_wall(about, (enum key_id)id, out) != 0)
            return -1;
    fputs("\n  Nothing is asked for by", out);
    for (int id = 0; id < KEY_COUNT; id++)
        if (is_promise((enum key_id)id) && !promise_of(about, (enum key_id)id).asked_for)
            names_add(&off, policy_keys[id].section, policy_keys[id].name);
    fputs(off.any ? ".\n" : " no key.\n", out);
    return 0;
}

/* ---- the launch ----------------------------------------------------------------------------- */

/* What a guard tells of its steps, each line set in. Its own text may be anything. */
static int write_steps(struct explanation *about, const struct guard *guard, FILE *out)
{
    struct stream stream;
    struct sbx_error error;
    char *text;
    if (stream_open(&stream, &error) != 0)
        return -1;
    guard->describe(&about->plan, stream.out);
    if (stream_take(&stream, &text, &error) != 0)
        return -1;
    char *rest = text;
    for (char *line; (line = strsep(&rest, "\n")) != NULL;)
        if (*line)
            fprintf(out, "          %s\n", line);
    free(text);
    return 0;
}

static int write_row(struct explanation *about, int number, FILE *out)
{
    const struct row *row = &launch_order[number];
    const struct refusal *refusal = row->guard ? refusal_of(about, row->guard->name) : NULL;
    fprintf(out, "  %2d. %s: %s\n", number + 1, row->name, row->why);
    if (refusal)
        fputs("        ! never reached: it is refused, see the end\n", out);
    else if (row->guard && row->guard->describe)
        return write_steps(about, row->guard, out);
    return 0;
}

static int write_launch(struct explanation *about, FILE *out)
{
    fputs("\nThe launch, in order.\n\n"
          "the launcher: every guard prepares; clone3(2); the id maps are written\n",
          out);
    for (int i = 0; i < launch_row_count; i++) {
        if (i == 0 || launch_order[i].place != launch_order[i - 1].place)
            fputs(launch_order[i].place == IN_INIT ? "PID 1 of the new namespaces:\n"
                                                   : "PID 2, which becomes the program:\n",
                  out);
        if (write_row(about, i, out) != 0)
            return -1;
    }
    return 0;
}

/* ---- refused -------------------------------------------------------------------------------- */

static const char *describe_errno(int number)
{
    const char *text = strerrordesc_np(number);
    return text ? text : "an error that has no name here";
}

static int write_refusal(struct explanation *about, const struct refusal *refusal, FILE *out)
{
    const struct sbx_error *error = &refusal->error;
    fprintf(out, "! %s: ", refusal->guard->name);
    if (refusal->rests_on) {
        fprintf(out, "not looked at, for it rests on what %s refuses\n", refusal->rests_on->name);
        return 0;
    }
    text_put(out, error->text);
    if (error->sys_errno)
        fprintf(out, " (%s)", describe_errno(error->sys_errno));
    if (*error->origin.file) {
        const struct origin where = {.file = error->origin.file,
                                     .line = error->origin.line,
                                     .column = (uint16_t)error->origin.column};
        const char *text = origin_text(&about->arena, where);
        if (!text)
            return -1;
        fputs(" (", out);
        text_put(out, text);
        fputc(')', out);
    }
    if (*error->hint) {
        fputs("\n    hint: ", out);
        text_put(out, error->hint);
    }
    fputc('\n', out);
    return 0;
}

static int write_refused(struct explanation *about, FILE *out)
{
    fputs("\nRefused here.\n\n", out);
    for (size_t i = 0; i < about->refusals.count; i++)
        if (write_refusal(about, &about->refusals.list[i], out) != 0)
            return -1;
    if (!about->refusals.count)
        fputs("  nothing\n", out);
    if (!about->command)
        fputs(
            "  No program is named: whether one is found and can be executed was not looked at.\n",
            out);
    return 0;
}

/* ---- the whole ------------------------------------------------------------------------------ */

static int write_all(struct explanation *about, FILE *out, struct sbx_error *error)
{
    if (comments(about, write_header, out, error) != 0)
        return -1;
    if (policy_print(about->policy, true, out) != 0)
        return err_memory(error, "explain");
    if (comments(about, write_walls, out, error) != 0 ||
        comments(about, write_launch, out, error) != 0)
        return -1;
    return comments(about, write_refused, out, error);
}

int sbx_explain(const struct sbx_policy *policy, const struct sbx_command *command, char **text,
                struct sbx_error *error)
{
    struct explanation *about = calloc(1, sizeof(*about));
    struct stream stream;
    int result = -1;
    if (!about)
        return err_memory(error, "explain");
    about->policy = policy;
    about->command = command;
    host_probe(&about->host);
    if (plan_accept(policy, error) == 0 &&
        plan_prepare_all(&about->plan, policy, command, &about->host, &about->refusals, error) ==
            0) {
        if (stream_open(&stream, error) == 0) {
            result = write_all(about, stream.out, error);
            if (result == 0)
                result = stream_take(&stream, text, error);
            else
                stream_drop(&stream);
        }
        plan_free(&about->plan);
    }
    arena_free(&about->arena);
    free(about);
    return result;
}
