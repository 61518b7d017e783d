/* SPDX-License-Identifier: MIT
 *
 * agree.c - tries the filter against the rules: an answer that the kernel would not give is worse
 * than none. The filter is run by interpret.c; the rules are cases.c's.
 */
#include "guards/seccomp/agree.h"
#include "guards/seccomp/interpret.h"

enum { SAMPLES_MAX = 512 };

/* Values to try for an argument that may be anything. */
struct samples {
    uint64_t values[SAMPLES_MAX];
    size_t count;
};

static void add(struct samples *samples, uint64_t value)
{
    if (samples->count < SAMPLES_MAX)
        samples->values[samples->count++] = value;
}

/* What the conditions on an argument name, with neighbours and with high bits that are to be
 * ignored; and each bit alone. */
static void sample(const struct cases *cases, unsigned argument, const struct known *known,
                   struct samples *samples)
{
    samples->count = 0;
    if (known->given[argument]) {
        add(samples, known->values[argument]);
        return;
    }
    add(samples, 0);
    add(samples, UINT64_MAX);
    bool matters = false;
    for (size_t i = 0; i < cases->count; i++)
        for (size_t j = 0; j < cases->of[i].count; j++) {
            const struct condition *condition = &cases->of[i].conditions[j];
            for (size_t k = 0; condition->argument == argument && k < condition->count; k++) {
                const uint64_t value = condition_value(condition, k);
                const uint64_t high = UINT64_C(1) << 32;
                matters = true;
                add(samples, value);
                add(samples, value | high);
                add(samples, value + 1);
                add(samples, value * high);
            }
        }
    for (unsigned bit = 0; matters && bit < 64; bit++)
        add(samples, UINT64_C(1) << bit);
}

static int compare(const struct filter *filter, const struct cases *cases,
                   const struct seccomp_data *data, struct sbx_error *error)
{
    const struct call_case *one = cases_decide(cases, (const uint64_t *)data->args);
    uint32_t answer;
    if (one && interpret(filter->code, filter->count, data, &answer) == 0 &&
        answer == filter_return(one->action, cases->tell))
        return 0;
    err_set(error, SBX_E_SETUP, 0, "seccomp",
            "the filter and the rules that it was made from disagree about system call %d",
            data->nr);
    return err_hint(error, "this is a fault of sandbox: please report it with the profile");
}

/* The arguments that the conditions are about: two at the most. */
static size_t subjects(const struct cases *cases, unsigned list[CASE_CONDITIONS])
{
    size_t count = 0;
    for (size_t i = 0; i < cases->count; i++)
        for (size_t j = 0; j < cases->of[i].count; j++) {
            const unsigned argument = cases->of[i].conditions[j].argument;
            bool known = false;
            for (size_t k = 0; k < count; k++)
                known |= list[k] == argument;
            if (!known && count < CASE_CONDITIONS)
                list[count++] = argument;
        }
    return count;
}

int agree(const struct filter *filter, int number, const struct cases *cases,
          const struct known *known, struct sbx_error *error)
{
    static const uint64_t fill[] = {0, UINT64_MAX};
    unsigned about[CASE_CONDITIONS] = {0, 1};
    struct samples first, second;
    size_t count = subjects(cases, about);
    if (count == 1)
        about[1] = about[0] == 0;
    sample(cases, about[0], known, &first);
    sample(cases, about[1], known, &second);
    for (size_t f = 0; f < 2; f++) {
        struct seccomp_data data = {.nr = number, .arch = NATIVE_ARCH};
        for (unsigned i = 0; i < 6; i++)
            data.args[i] = known->given[i] ? known->values[i] : fill[f];
        for (size_t i = 0; i < first.count; i++)
            for (size_t j = 0; j < second.count; j++) {
                data.args[about[0]] = first.values[i];
                data.args[about[1]] = second.values[j];
                if (compare(filter, cases, &data, error) != 0)
                    return -1;
            }
    }
    return 0;
}
