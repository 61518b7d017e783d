/* SPDX-License-Identifier: MIT
 *
 * fuzz_value.c - each type of values: what is accepted has one form, and that form is accepted as
 * the same value. The first byte of the input is the type, the second one the key of that type, the
 * rest the text of the value.
 */
#include "equal.h"
#include "expect.h"
#include "policy/profile.h"
#include "policy/words.h"
#include "text.h"
#include "world.h"
#include <stdlib.h>
#include <string.h>

/* Variables that hold all that must not become a separator, a quote or a variable again. */
static const char variables[] = "--- env HOME=/home/some body\n"
                                "--- env USER=a:b,c=d;e ;f\n"
                                "--- env XDG_RUNTIME_DIR=/run/\xff\xe2\x80\xae\"\\\n"
                                "--- env EMPTY=\n"
                                "--- env MARKS=?!#[${HOME}$\x01\x10 \n";

/* A value that was parsed; its texts live in the arena of the run. */
struct parsed {
    union value scalar;
    struct item items[LIST_WORDS_MAX];
    bool removes[LIST_WORDS_MAX];
    size_t count;
};

struct run {
    struct arena arena;
    struct sbx_error error;
    struct diag diag;
    struct world world;
    struct key key;          /* for types that no key has yet */
    const struct key *asked; /* what the value is for */
};

/* ---- the key -------------------------------------------------------------------------------- */

static void choose_key(struct run *run, unsigned type, unsigned number)
{
    size_t count = 0;
    for (size_t i = 0; i < KEY_COUNT; i++)
        count += policy_keys[i].type == &policy_types[type];
    run->key = (struct key){
        .section = "limits", .name = "new", .type = &policy_types[type], .standard = ""};
    run->asked = &run->key;
    if (!count)
        return;
    size_t left = number % count;
    for (size_t i = 0; i < KEY_COUNT; i++)
        if (policy_keys[i].type == &policy_types[type] && left-- == 0)
            run->asked = &policy_keys[i];
}

/* ---- parsing -------------------------------------------------------------------------------- */

static int parse_list(struct run *run, struct parse *parse, struct parsed *parsed)
{
    const char *cursor = parse->text;
    struct word word;
    int result;
    while ((result = word_next(parse, &cursor, &word)) > 0) {
        struct item item = {.optional = word.mark == '?'};
        EXPECT(cursor > parse->text && cursor <= parse->text + strlen(parse->text),
               "the cursor left the text");
        result = value_item(parse, word.text, &item);
        if (result == ITEM_DROPPED) {
            EXPECT(item.optional, "'%s' was dropped, and is not optional", word.text);
            continue;
        }
        if (result != 0 || parsed->count == LIST_WORDS_MAX)
            return -1;
        EXPECT(item.text && *item.text, "a word without a text");
        parsed->removes[parsed->count] = word.mark == '!';
        parsed->items[parsed->count++] = item;
    }
    (void)run;
    return result;
}

/* Each token's place is where the token stands in the text. */
static void check_places(const struct item *rule, const char *text)
{
    const char *condition = rule->second ? rule->second : "";
    for (size_t i = 0; i < rule->place_count; i++) {
        const struct token_place *place = &rule->places[i];
        const size_t length = strcspn(condition + place->offset, " ");
        EXPECT(place->offset < strlen(condition), "a token behind the condition");
        EXPECT(!i || place->offset > place[-1].offset, "the places have no order");
        EXPECT(!place->column ||
                   (place->length == length &&
                    memcmp(text + place->column - 1, condition + place->offset, length) == 0),
               "'%s': token %zu is not at column %u", condition, i + 1, place->column);
    }
}

static int parse_rules(struct run *run, const struct parse *parse, struct parsed *parsed)
{
    static const struct section section = {.name = "syscall", .call = "socket"};
    const struct profile_memory memory = {.keep = &run->arena,
                                          .scratch = &run->arena,
                                          .diag = &run->diag,
                                          .outside = &run->world.outside};
    const struct part part = {.text = parse->text, .origin = parse->origin};
    struct setting *setting = setting_new(&memory, run->asked, &section, parse->origin);
    EXPECT(setting, "out of memory");
    setting_parse(&memory, setting, part, parse->profile_path);
    const int result = setting_close(&memory, setting);
    for (const struct node *node = setting->words; node && result == 0; node = node->next) {
        EXPECT(node->item.text && *node->item.text && !node->remove, "a rule without a text");
        check_places(&node->item, parse->text);
        parsed->items[parsed->count++] = node->item;
    }
    return result;
}

/* Returns 0, or -1 with an error that has been checked. */
static int parse_value(struct run *run, const char *text, struct parsed *parsed)
{
    struct parse parse = {.arena = &run->arena,
                          .diag = &run->diag,
                          .key = run->asked,
                          .origin = {.file = "t.ini", .line = 1, .column = 1},
                          .text = text,
                          .column = 1,
                          .profile_path = WORLD_PROFILE,
                          .outside = &run->world.outside};
    const struct text line = {.file = "t.ini", .line = 1, .start = text, .length = strlen(text)};
    struct texts texts = {&line};
    size_t length, found = 0;
    run->diag = (struct diag){.error = &run->error, .texts = &texts};
    parsed->count = 0;
    int result = run->asked->type->of_call ? parse_rules(run, &parse, parsed)
                 : run->asked->type->item  ? parse_list(run, &parse, parsed)
                                           : value_scalar(&parse, &parsed->scalar);
    EXPECT((result == 0) == (run->diag.errors == 0) && !run->diag.broken, "%d with %zu errors",
           result, run->diag.errors);
    text_check_origin(&texts, parse.origin, &length);
    if (result == 0)
        return 0;
    found = strlen(run->error.text);
    EXPECT(found && run->error.code == SBX_E_PROFILE, "an error without a text");
    EXPECT(strlen(run->error.excerpt) >= run->error.caret, "the caret is behind the excerpt");
    return -1;
}

/* ---- the one form --------------------------------------------------------------------------- */

/* The text of a value in its one form. */
static const char *print_value(struct run *run, const struct parsed *parsed)
{
    const struct type *type = run->asked->type;
    const char *text = "";
    if (type->scalar) {
        text = type->print(&run->arena, type, &parsed->scalar);
        EXPECT(text, "out of memory");
        return text;
    }
    for (size_t i = 0; i < parsed->count; i++) {
        const struct item *item = &parsed->items[i];
        const char *mark = parsed->removes[i] ? "!" : item->optional ? "?" : "";
        text = arena_printf(&run->arena, "%s%s%s%s", text, i ? " " : "", mark, item->text);
        EXPECT(text, "out of memory");
    }
    return text;
}

static void expect_same(const struct run *run, const struct parsed *a, const struct parsed *b,
                        const char *text)
{
    const struct type *type = run->asked->type;
    if (type->scalar) {
        EXPECT(equal_scalars(type, &a->scalar, &b->scalar), "%s: '%s' reads back differently",
               type->name, text);
        return;
    }
    EXPECT(a->count == b->count, "%s: '%s' has %zu words, not %zu", type->name, text, b->count,
           a->count);
    for (size_t i = 0; i < a->count; i++)
        EXPECT(equal_items(&a->items[i], &b->items[i]) && a->removes[i] == b->removes[i],
               "%s: word %zu of '%s' reads back as '%s', not '%s'", type->name, i + 1, text,
               b->items[i].text, a->items[i].text);
}

/* Words of one meaning have one text, by which '!word' finds them. */
static void expect_one_form(const struct run *run, const struct parsed *parsed)
{
    const size_t some = parsed->count < 50 ? parsed->count : 50;
    for (size_t i = 0; run->asked->type->item && i < some; i++)
        for (size_t j = 0; j < i; j++)
            EXPECT(equal_meanings(&parsed->items[i], &parsed->items[j]) ==
                       equal_texts(parsed->items[i].text, parsed->items[j].text),
                   "%s: '%s' and '%s'", run->asked->type->name, parsed->items[i].text,
                   parsed->items[j].text);
}

static void check_value(struct run *run, const char *text)
{
    struct parsed *first = calloc(1, sizeof(*first)), *again = calloc(1, sizeof(*again));
    EXPECT(first && again, "out of memory");
    if (parse_value(run, text, first) == 0) {
        const char *printed = print_value(run, first);
        EXPECT(text_is_plain(printed, strlen(printed)) && text_is_trimmed(printed) &&
                   !text_has_comment(printed),
               "no line can hold '%s'", printed);
        run->world.variable_count = 0; /* the form has no variables left */
        EXPECT(parse_value(run, printed, again) == 0, "%s: '%s' is refused: %s",
               run->asked->type->name, printed, run->error.text);
        expect_same(run, first, again, printed);
        EXPECT(strcmp(print_value(run, again), printed) == 0, "'%s' is not the last form", printed);
        expect_one_form(run, first);
    }
    free(first);
    free(again);
}

/* What a line of a profile can hold: plain text without blanks at its ends, up to a comment. */
static char *make_text(const char *data, size_t size)
{
    char *text = malloc(size + 1), *to = text;
    EXPECT(text, "out of memory");
    for (size_t i = 0; i < size;) {
        size_t length = data[i] == '\t' ? 1 : text_character(data + i, size - i);
        if (data[i] == ';' && to > text && strchr(" \t", to[-1]))
            break;
        if ((to == text && strchr(" \t", data[i])) || !length) {
            i++;
            continue;
        }
        memcpy(to, data + i, length);
        to += length;
        i += length;
    }
    while (to > text && strchr(" \t", to[-1]))
        to--;
    *to++ = '\0';
    return realloc(text, (size_t)(to - text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct run run;
    if (size < 2)
        return 0;
    run = (struct run){.asked = NULL};
    world_make(&run.world, variables, sizeof(variables) - 1);
    choose_key(&run, data[0] % TYPE_COUNT, data[1]);
    char *text = make_text((const char *)data + 2, size - 2);
    EXPECT(text, "out of memory");
    check_value(&run, text);
    free(text);
    world_free(&run.world);
    arena_free(&run.arena);
    return 0;
}
