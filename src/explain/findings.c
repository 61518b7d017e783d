/* SPDX-License-Identifier: MIT
 *
 * findings.c - what a check found: access to it, and its text for editors and CI.
 *
 * Source: Static Analysis Results Interchange Format (SARIF) Version 2.1.0, OASIS Standard.
 */
#include "explain/findings.h"
#include "base/utf8.h"
#include "explain/json.h"
#include "policy/override.h"
#include "policy/rules.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sbx_findings *findings_new(const char *name, const char *file, size_t count)
{
    struct sbx_findings *findings =
        calloc(1, sizeof(*findings) + count * sizeof(findings->list[0]));
    if (!findings)
        return NULL;
    findings->name = strdup(name);
    findings->file = strdup(file);
    findings->count = count;
    if (findings->name && findings->file)
        return findings;
    sbx_findings_free(findings);
    return NULL;
}

void sbx_findings_free(struct sbx_findings *findings)
{
    if (!findings)
        return;
    free(findings->name);
    free(findings->file);
    free(findings);
}

size_t sbx_findings_count(const struct sbx_findings *findings)
{
    return findings->count;
}

const struct sbx_finding *sbx_findings_at(const struct sbx_findings *findings, size_t index)
{
    return &findings->list[index];
}

const char *sbx_rule_help(const char *rule)
{
    enum rule row = rule_find(rule);
    return row < RULE_COUNT ? policy_rules[row].help : NULL;
}

static bool is_ignored(const struct sbx_finding *finding, const char *const *rules, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(finding->rule, rules[i]) == 0)
            return finding->severity != SBX_SEVERITY_ERROR;
    return false;
}

void sbx_findings_ignore(struct sbx_findings *findings, const char *const *rules, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < findings->count; i++)
        if (!is_ignored(&findings->list[i], rules, count))
            findings->list[kept++] = findings->list[i];
    findings->count = kept;
}

const char *sbx_severity_name(enum sbx_severity severity)
{
    static const char *const names[] = {
        [SBX_SEVERITY_NOTE] = "note",
        [SBX_SEVERITY_WARNING] = "warning",
        [SBX_SEVERITY_ERROR] = "error",
    };
    return (unsigned)severity < sizeof(names) / sizeof(names[0]) ? names[severity] : "unknown";
}

/* A list that lost a member for want of memory is no list: NULL. */
static json_t *whole(json_t *list, size_t count)
{
    if (json_array_size(list) == count)
        return list;
    json_decref(list);
    return NULL;
}

/* ---- JSON ----------------------------------------------------------------------------------- */

/* 0 means that there is none. */
static json_t *number_or_null(unsigned number)
{
    return number ? json_integer((json_int_t)number) : json_null();
}

/* What is wrong, with the kernel's answer where there was one, and the hint behind a full stop
 * where `hint` asks for it. */
static json_t *message_json(const struct sbx_error *error, bool hint)
{
    char message[sizeof(error->text) + sizeof(error->hint) + 128];
    const char *reason = error->sys_errno ? strerrordesc_np(error->sys_errno) : NULL;
    hint = hint && error->hint[0];
    snprintf(message, sizeof(message), "%s%s%s%s%s", error->text, reason ? ": " : "",
             reason ? reason : "", hint ? ". " : "", hint ? error->hint : "");
    return json_text(message);
}

static json_t *finding_json(const struct sbx_finding *finding)
{
    const struct sbx_error *error = &finding->error;
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "severity",
                     sbx_severity_name(finding->severity), "rule", finding->rule, "file",
                     error->origin.file[0] ? json_text(error->origin.file) : json_null(), "line",
                     number_or_null(error->origin.line), "column",
                     number_or_null(error->origin.column), "length",
                     number_or_null(error->origin.length), "text", message_json(error, false),
                     "hint", error->hint[0] ? json_text(error->hint) : json_null());
}

static json_t *check_json(const struct sbx_findings *findings)
{
    json_t *list = json_array();
    bool valid = true;
    for (size_t i = 0; i < findings->count; i++) {
        valid = valid && findings->list[i].severity != SBX_SEVERITY_ERROR;
        json_array_append_new(list, finding_json(&findings->list[i]));
    }
    return json_pack("{s:o, s:b, s:o}", "profile", json_text(findings->name), "valid", (int)valid,
                     "findings", whole(list, findings->count));
}

static json_t *all_json(const struct sbx_findings *const *findings, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, check_json(findings[i]));
    return json_pack("{s:i, s:o}", "version", 1, "profiles", whole(list, count));
}

/* ---- SARIF ---------------------------------------------------------------------------------- */

/* A path as a URI reference: all but the unreserved characters and '/' as %HH. */
static json_t *uri_json(const char *path)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
    bool absolute = *path == '/';
    size_t room = 3 * strlen(path) + sizeof("file://");
    char *uri = malloc(room), *to = uri;
    if (!uri)
        return NULL;
    if (absolute)
        to = stpcpy(to, "file://");
    for (; *path; path++)
        to += strchr(plain, *path) ? sprintf(to, "%c", *path)
                                   : sprintf(to, "%%%02X", (unsigned char)*path);
    *to = '\0';
    json_t *text = json_string(uri);
    free(uri);
    return text;
}

/* Columns of SARIF count characters here, those of an error count bytes. The excerpt has the line,
 * or the part of a long one that ends in the column; what lies before it is taken as one byte each.
 */
static unsigned characters(const struct sbx_error *error, unsigned bytes)
{
    unsigned hidden = error->origin.column - 1 - error->caret, count = hidden + 1;
    for (unsigned i = 0; i < bytes && error->excerpt[i];) {
        size_t length = utf8_length(error->excerpt + i);
        i += length ? (unsigned)length : 1;
        count++;
    }
    return count;
}

static json_t *region_json(const struct sbx_error *error)
{
    if (!error->origin.column || !error->excerpt[0])
        return json_pack("{s:i}", "startLine", (int)error->origin.line);
    unsigned start = characters(error, error->caret);
    unsigned end = characters(error, error->caret + error->origin.length);
    return json_pack("{s:i, s:i, s:i}", "startLine", (int)error->origin.line, "startColumn",
                     (int)start, "endColumn", (int)(end > start ? end : start + 1));
}

static json_t *location_json(const struct sbx_findings *findings, const struct sbx_error *error)
{
    /* An override is no file; what is wrong with it is shown with the profile. */
    bool in_file = error->origin.file[0] && strcmp(error->origin.file, OVERRIDE_FILE) != 0;
    json_t *physical = json_pack("{s:{s:o}}", "artifactLocation", "uri",
                                 uri_json(in_file ? error->origin.file : findings->file));
    if (physical && in_file && error->origin.line)
        json_object_set_new(physical, "region", region_json(error));
    return json_pack("{s:o}", "physicalLocation", physical);
}

static json_t *result_json(const struct sbx_findings *findings, const struct sbx_finding *finding)
{
    const struct sbx_error *error = &finding->error;
    return json_pack("{s:s, s:s, s:{s:o}, s:[o]}", "ruleId", finding->rule, "level",
                     sbx_severity_name(finding->severity), "message", "text",
                     message_json(error, true), "locations", location_json(findings, error));
}

/* Adds the rule of a finding, once. */
static void add_rule(json_t *rules, const char *rule)
{
    for (size_t i = 0; i < json_array_size(rules); i++) {
        json_t *id = json_object_get(json_array_get(rules, i), "id");
        if (strcmp(json_string_value(id), rule) == 0)
            return;
    }
    enum rule row = rule_find(rule);
    if (row < RULE_COUNT)
        json_array_append_new(rules, json_pack("{s:s, s:{s:s}}", "id", rule, "shortDescription",
                                               "text", policy_rules[row].help));
}

static json_t *all_sarif(const struct sbx_findings *const *findings, size_t count)
{
    json_t *rules = json_array(), *results = json_array();
    size_t all = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < findings[i]->count; j++, all++) {
            add_rule(rules, findings[i]->list[j].rule);
            json_array_append_new(results, result_json(findings[i], &findings[i]->list[j]));
        }
    return json_pack("{s:s, s:s, s:[{s:{s:{s:s, s:o}}, s:s, s:o}]}", "$schema",
                     "https://json.schemastore.org/sarif-2.1.0.json", "version", "2.1.0", "runs",
                     "tool", "driver", "name", "sandbox", "rules", rules, "columnKind",
                     "unicodeCodePoints", "results", whole(results, all));
}

int sbx_findings_format(const struct sbx_findings *const *findings, size_t count,
                        enum sbx_findings_format format, char **text, struct sbx_error *error)
{
    char *made = json_finish(format == SBX_FINDINGS_SARIF ? all_sarif(findings, count)
                                                          : all_json(findings, count));
    if (!made)
        return err_memory(error, "check");
    *text = made;
    return 0;
}
