/* SPDX-License-Identifier: MIT
 *
 * discard.c - sbx_changes_discard(): the changes of a run are thrown away.
 */
#include "base/error.h"
#include "changes/state.h"

int sbx_changes_discard(const char *upper, struct sbx_error *error)
{
    struct state state = STATE_NONE;
    int result = state_open(upper, true, &state, error);
    if (result == 0)
        result = state_empty(&state, error);
    state_close(&state);
    return result;
}
