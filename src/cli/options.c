/* SPDX-License-Identifier: MIT
 *
 * options.c - the tables of the verbs and of their options.
 */
#include "options.h"
#include <stddef.h>

const struct cli_verb cli_verbs[VERB_COUNT] = {
#define VERB(verb, operands, usage, help) {#verb, OPERANDS_##operands, usage, help},
#define OPTION(verb, id, letter, name, times, kind, argument, help)
#include "cli/options.def"
#undef VERB
#undef OPTION
};

const struct cli_option cli_options[OPTION_COUNT] = {
#define VERB(verb, operands, usage, help)
#define OPTION(verb, id, letter, name, times, kind, argument, help)                                \
    {VERB_##verb, letter, name, TIMES_##times, KIND_##kind, argument, help},
#include "cli/options.def"
#undef VERB
#undef OPTION
};
