/* SPDX-License-Identifier: MIT
 *
 * equal.c - compares what the members of values hold, each one by name: a member that is forgotten
 * here is one that no fuzzer looks at.
 */
#include "equal.h"
#include "expect.h"
#include <string.h>

bool equal_texts(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool equal_origins(struct origin a, struct origin b)
{
    return equal_texts(a.file, b.file) && a.line == b.line && a.column == b.column &&
           a.length == b.length;
}

bool equal_scalars(const struct type *type, const void *a, const void *b)
{
    const union value *x = a, *y = b; /* no member is looked at but that of the type */
    if (type->words)
        return x->word.v == y->word.v;
    switch ((enum type_id)(type - policy_types)) {
    case TYPE_string:
        return equal_texts(x->string.v, y->string.v);
    case TYPE_path:
        return equal_texts(x->path.v, y->path.v);
    case TYPE_upper:
        return x->upper.tmpfs == y->upper.tmpfs && equal_texts(x->upper.v, y->upper.v) &&
               x->upper.size == y->upper.size && x->upper.inodes == y->upper.inodes;
    case TYPE_size:
        return x->size.v == y->size.v;
    case TYPE_duration:
        return x->duration.v == y->duration.v;
    case TYPE_count:
        return x->count.v == y->count.v;
    case TYPE_id:
        return x->id.v == y->id.v;
    case TYPE_mode:
        return x->mode.v == y->mode.v;
    case TYPE_nice:
        return x->nice.v == y->nice.v;
    case TYPE_ratio:
        return x->ratio.v == y->ratio.v;
    case TYPE_action:
        return x->action.kind == y->action.kind && x->action.error == y->action.error;
    default:
        expect_failed(__FILE__, __LINE__, "a known type", "%s is not compared", type->name);
    }
}

bool equal_meanings(const struct item *a, const struct item *b)
{
    return equal_texts(a->first, b->first) && equal_texts(a->second, b->second) &&
           a->writable == b->writable && a->options == b->options && a->size == b->size &&
           a->inodes == b->inodes && a->mode == b->mode && a->number == b->number &&
           a->kind == b->kind && a->place_count == b->place_count && a->last == b->last;
}

bool equal_items(const struct item *a, const struct item *b)
{
    return equal_meanings(a, b) && equal_texts(a->text, b->text) && a->optional == b->optional;
}

/* The origin is the last member of each value_*. */
static struct origin origin_of(const struct key *key, const void *field)
{
    struct origin origin;
    memcpy(&origin, (const char *)field + key->type->size - sizeof(origin), sizeof(origin));
    return origin;
}

static bool equal_places(const struct item *a, const struct item *b)
{
    for (size_t i = 0; i < a->place_count; i++) {
        const struct token_place *x = &a->places[i], *y = &b->places[i];
        if (x->offset != y->offset || x->line != y->line || x->column != y->column ||
            x->length != y->length)
            return false;
    }
    return true;
}

static void expect_lists(const struct key *key, const struct value_list *a,
                         const struct value_list *b, enum equal_origins origins, const char *what)
{
    EXPECT(a->count == b->count, "%s: %s.%s has %zu words, not %zu", what, key->section, key->name,
           b->count, a->count);
    for (size_t i = 0; i < a->count; i++) {
        const struct item *x = &a->items[i], *y = &b->items[i];
        EXPECT(equal_items(x, y), "%s: word %zu of %s.%s is '%s', not '%s'", what, i + 1,
               key->section, key->name, y->text, x->text);
        EXPECT(origins == EQUAL_ANYWHERE ||
                   (equal_origins(x->origin, y->origin) && equal_places(x, y)),
               "%s: word %zu of %s.%s is from elsewhere", what, i + 1, key->section, key->name);
    }
}

void expect_equal(const struct sbx_policy *a, const struct sbx_policy *b,
                  enum equal_origins origins, const char *what)
{
    for (const struct key *key = policy_keys; key < policy_keys + KEY_COUNT; key++) {
        const void *x = (const char *)a + key->offset, *y = (const char *)b + key->offset;
        if (key == &policy_keys[KEY_profile_extends] && origins == EQUAL_ANYWHERE)
            continue;
        if (key->type->item)
            expect_lists(key, x, y, origins, what);
        else
            EXPECT(equal_scalars(key->type, x, y), "%s: %s.%s differs", what, key->section,
                   key->name);
        EXPECT(origins == EQUAL_ANYWHERE || equal_origins(origin_of(key, x), origin_of(key, y)),
               "%s: %s.%s is from elsewhere", what, key->section, key->name);
    }
}
