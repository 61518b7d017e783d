/* SPDX-License-Identifier: MIT
 *
 * report.c - a report as text: JSON, or the key:value lines of ioi/isolate's meta file.
 *
 * Source of the meta format: isolate(1), "META-FILES".
 */
#include "base/error.h"
#include "explain/denied.h"
#include "explain/json.h"
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *sbx_outcome_name(enum sbx_outcome outcome)
{
    static const char *const names[] = {
        [SBX_OUTCOME_SETUP_FAILED] = "setup_failed",
        [SBX_OUTCOME_EXITED] = "exited",
        [SBX_OUTCOME_SIGNALED] = "signaled",
        [SBX_OUTCOME_CPU_TIME] = "cpu_time",
        [SBX_OUTCOME_WALL_TIME] = "wall_time",
        [SBX_OUTCOME_MEMORY] = "memory",
        [SBX_OUTCOME_PIDS] = "pids",
        [SBX_OUTCOME_OUTPUT] = "output",
        [SBX_OUTCOME_DENIED] = "denied",
    };
    if ((unsigned)outcome >= sizeof(names) / sizeof(names[0]))
        return "unknown";
    return names[outcome];
}

int sbx_error_exit_status(const struct sbx_error *error)
{
    switch (error->code) {
    case SBX_E_NOT_FOUND:
        return 127;
    case SBX_E_NOT_EXECUTABLE:
        return 126;
    default:
        return 125;
    }
}

int sbx_report_exit_status(const struct sbx_report *report)
{
    switch (report->outcome) {
    case SBX_OUTCOME_EXITED:
        return report->exit_code;
    case SBX_OUTCOME_SIGNALED:
        return 128 + report->signal;
    case SBX_OUTCOME_CPU_TIME:
    case SBX_OUTCOME_WALL_TIME:
        return 124;
    case SBX_OUTCOME_MEMORY:
    case SBX_OUTCOME_PIDS:
        return 128 + SIGKILL;
    case SBX_OUTCOME_OUTPUT:
        return 128 + SIGXFSZ;
    case SBX_OUTCOME_DENIED:
        return 128 + SIGSYS;
    case SBX_OUTCOME_SETUP_FAILED:
        break;
    }
    return sbx_error_exit_status(&report->error);
}

static json_t *guards_json(const struct sbx_report *report)
{
    static const char *const states[] = {
        [SBX_STATE_OFF] = "off",
        [SBX_STATE_ENFORCED] = "enforced",
        [SBX_STATE_PARTIAL] = "partial",
        [SBX_STATE_UNAVAILABLE] = "unavailable",
    };
    json_t *list = json_array();
    for (size_t i = 0; i < report->guard_count; i++) {
        const struct sbx_guard_report *line = &report->guards[i];
        json_array_append_new(list, json_pack("{s:s, s:s, s:o}", "guard", line->guard, "state",
                                              states[line->state], "mechanism",
                                              json_text(line->mechanism)));
    }
    return list;
}

static json_t *unkept_json(const struct sbx_report *report)
{
    json_t *list = json_array();
    for (size_t i = 0; i < report->unkept_count; i++)
        json_array_append_new(list, json_text(report->unkept[i]));
    return list;
}

static json_t *error_json(const struct sbx_report *report)
{
    static const char *const codes[] = {
        [SBX_OK] = "ok",
        [SBX_E_USAGE] = "usage",
        [SBX_E_PROFILE] = "profile",
        [SBX_E_HOST] = "host",
        [SBX_E_SETUP] = "setup",
        [SBX_E_RESOURCE] = "resource",
        [SBX_E_NOT_FOUND] = "not_found",
        [SBX_E_NOT_EXECUTABLE] = "not_executable",
    };
    const struct sbx_error *error = &report->error;
    if (error->code == SBX_OK)
        return json_null();
    return json_pack("{s:s, s:s, s:i, s:o, s:i, s:i, s:o, s:o}", "code", codes[error->code],
                     "stage", error->stage, "errno", error->sys_errno, "file",
                     json_text(error->origin.file), "line", (int)error->origin.line, "column",
                     (int)error->origin.column, "text", json_text(error->text), "hint",
                     json_text(error->hint));
}

static json_t *figures_json(const struct sbx_report *report)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:s, s:I, s:s, s:I, s:I, s:I}", "wall_ns",
                     (json_int_t)report->wall_ns, "user_us", (json_int_t)report->user_us, "sys_us",
                     (json_int_t)report->sys_us, "cpu_us", (json_int_t)report->cpu_us,
                     "memory_peak_bytes", (json_int_t)report->memory_peak_bytes,
                     "memory_peak_source", report->memory_peak_source, "pids_peak",
                     (json_int_t)report->pids_peak, "pids_peak_source", report->pids_peak_source,
                     "output_bytes", (json_int_t)report->output_bytes, "voluntary_switches",
                     (json_int_t)report->voluntary_switches, "involuntary_switches",
                     (json_int_t)report->involuntary_switches);
}

static char *format_json(const struct sbx_report *report)
{
    json_t *figures = figures_json(report);
    json_t *object = json_pack(
        "{s:i, s:s, s:o, s:o, s:b}", "version", 1, "outcome", sbx_outcome_name(report->outcome),
        "exit_code",
        report->outcome == SBX_OUTCOME_EXITED ? json_integer(report->exit_code) : json_null(),
        "signal", report->signal ? json_integer(report->signal) : json_null(), "killed",
        (int)report->killed);
    bool made = figures && object && json_object_update(object, figures) == 0 &&
                denied_json(object, report) == 0 &&
                json_object_set_new(object, "guards", guards_json(report)) == 0 &&
                json_object_set_new(object, "unkept", unkept_json(report)) == 0 &&
                json_object_set_new(object, "error", error_json(report)) == 0;
    json_decref(figures);
    if (made)
        return json_finish(object);
    json_decref(object);
    return NULL;
}

/* ---- meta ----------------------------------------------------------------------------------- */

/* Lines of the meta file have no quoting: what would break them becomes '?'. */
static void meta_text(FILE *out, const char *key, const char *text)
{
    fprintf(out, "%s:", key);
    for (; *text; text++)
        fputc((unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text, out);
    fputc('\n', out);
}

static void meta_denied(FILE *out, const struct sbx_denial *denial)
{
    char message[sizeof(denial->call) + sizeof(denial->args) + 16] = "Forbidden system call";
    if (denial)
        snprintf(message, sizeof(message), "forbidden: %s(%s)", denial->call, denial->args);
    fprintf(out, "status:SG\n");
    meta_text(out, "message", message);
}

static void meta_status(FILE *out, const struct sbx_report *report)
{
    char message[64];
    switch (report->outcome) {
    case SBX_OUTCOME_EXITED:
        if (report->exit_code != 0) {
            snprintf(message, sizeof(message), "Exited with error status %d", report->exit_code);
            fprintf(out, "status:RE\n");
            meta_text(out, "message", message);
        }
        break;
    case SBX_OUTCOME_CPU_TIME:
        fprintf(out, "status:TO\nmessage:Time limit exceeded\n");
        break;
    case SBX_OUTCOME_WALL_TIME:
        fprintf(out, "status:TO\nmessage:Time limit exceeded (wall clock)\n");
        break;
    case SBX_OUTCOME_MEMORY:
        fprintf(out, "status:SG\nmessage:Memory limit exceeded\n");
        break;
    case SBX_OUTCOME_PIDS:
        fprintf(out, "status:SG\nmessage:Process limit exceeded\n");
        break;
    case SBX_OUTCOME_OUTPUT:
        fprintf(out, "status:SG\nmessage:Output limit exceeded\n");
        break;
    case SBX_OUTCOME_DENIED:
        meta_denied(out, denied_first(report));
        break;
    case SBX_OUTCOME_SIGNALED:
        snprintf(message, sizeof(message), "Caught fatal signal %d", report->signal);
        fprintf(out, "status:SG\n");
        meta_text(out, "message", message);
        break;
    case SBX_OUTCOME_SETUP_FAILED:
        fprintf(out, "status:XX\n");
        meta_text(out, "message", report->error.text);
        break;
    }
}

static void print_meta(FILE *out, const struct sbx_report *report)
{
    if (report->outcome != SBX_OUTCOME_SETUP_FAILED) {
        fprintf(out, "time:%" PRIu64 ".%03u\n", report->cpu_us / 1000000,
                (unsigned)(report->cpu_us / 1000 % 1000));
        fprintf(out, "time-wall:%" PRIu64 ".%03u\n", report->wall_ns / 1000000000,
                (unsigned)(report->wall_ns / 1000000 % 1000));
        fprintf(out, "max-rss:%" PRIu64 "\n", report->memory_peak_bytes / 1024);
        fprintf(out, "csw-voluntary:%" PRIu64 "\n", report->voluntary_switches);
        fprintf(out, "csw-forced:%" PRIu64 "\n", report->involuntary_switches);
    }
    if (report->killed)
        fprintf(out, "killed:1\n");
    if (report->outcome == SBX_OUTCOME_EXITED)
        fprintf(out, "exitcode:%d\n", report->exit_code);
    if (report->signal && report->outcome != SBX_OUTCOME_CPU_TIME &&
        report->outcome != SBX_OUTCOME_WALL_TIME)
        fprintf(out, "exitsig:%d\n", report->signal);
    meta_status(out, report);
}

static char *format_meta(const struct sbx_report *report)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    print_meta(out, report);
    bool broken = ferror(out) != 0;
    if (fclose(out) != 0 || broken) {
        free(text);
        return NULL;
    }
    return text;
}

int sbx_report_format(const struct sbx_report *report, enum sbx_report_format format, char **text,
                      struct sbx_error *error)
{
    char *made = format == SBX_REPORT_META ? format_meta(report) : format_json(report);
    if (!made)
        return err_memory(error, "report");
    *text = made;
    return 0;
}
