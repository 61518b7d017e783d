/* SPDX-License-Identifier: MIT
 *
 * test_check.c - sbx_check(): what it finds and in which order, and its findings as JSON and SARIF.
 */
#include "test_policy.h"
#include <jansson.h>

static struct sbx_findings *check_with(const char *name, const char *const *overrides, size_t count)
{
    struct sbx_error error = {0};
    struct sbx_findings *findings = NULL;
    if (sbx_check(name, overrides, count, &findings, &error) != 0)
        fail_msg("the check failed: %s", error.text);
    assert_non_null(findings);
    return findings;
}

static struct sbx_findings *check_text(const char *text)
{
    file_text("t.ini", text);
    return check_with("t.ini", NULL, 0);
}

struct expected {
    const char *file;
    unsigned line, column;
    const char *text;
};

static void assert_findings(const struct sbx_findings *findings, const struct expected *expected,
                            size_t count)
{
    size_t found = sbx_findings_count(findings);
    for (size_t i = 0; i < found && found != count; i++)
        print_error("  %s:%u:%u %s\n", sbx_findings_at(findings, i)->error.origin.file,
                    sbx_findings_at(findings, i)->error.origin.line,
                    sbx_findings_at(findings, i)->error.origin.column,
                    sbx_findings_at(findings, i)->error.text);
    assert_int_equal(found, count);
    for (size_t i = 0; i < count; i++) {
        const struct sbx_finding *finding = sbx_findings_at(findings, i);
        assert_string_equal(finding->error.origin.file, expected[i].file);
        if (!strstr(finding->error.text, expected[i].text))
            fail_msg("%zu: '%s' is not in '%s'", i, expected[i].text, finding->error.text);
        assert_int_equal(finding->error.origin.line, expected[i].line);
        assert_int_equal(finding->error.origin.column, expected[i].column);
        assert_int_equal(finding->error.code, SBX_E_PROFILE);
        assert_int_equal(finding->severity, SBX_SEVERITY_ERROR);
        assert_string_equal(finding->rule, "invalid");
    }
}
#define FINDS(findings, ...)                                                                       \
    assert_findings((findings), (const struct expected[]){__VA_ARGS__},                            \
                    sizeof((const struct expected[]){__VA_ARGS__}) / sizeof(struct expected))

/* Names that no list knows are found beside what is wrong with the form of the file. */
static void names_too(void **state)
{
    (void)state;
    struct sbx_findings *findings =
        check_text("[limits]\nmemry = 1M\n[syscalls]\nallow = @base raed\n  @bsae\n"
                   "errno = opne:EPERM\n[capabilities]\nkeep = net_rwa chown\npids = 3\n");
    FINDS(findings, {"t.ini", 2, 1, "unknown key 'memry'"}, {"t.ini", 4, 15, "'raed'"},
          {"t.ini", 5, 3, "'@bsae'"}, {"t.ini", 6, 9, "'opne'"}, {"t.ini", 8, 8, "cap_net_rwa"},
          {"t.ini", 9, 1, "unknown key 'pids'"});
    assert_non_null(strstr(sbx_findings_at(findings, 1)->error.hint, "'read'"));
    assert_non_null(strstr(sbx_findings_at(findings, 4)->error.hint, "net_raw"));
    assert_string_equal(sbx_findings_at(findings, 1)->error.excerpt, "allow = @base raed");
    assert_int_equal(sbx_findings_at(findings, 1)->error.caret, 14);
    sbx_findings_free(findings);
}

/* What puts an overlay together is chosen for an overlay alone, and fuse-overlayfs keeps nothing.
 */
static void drivers(void **state)
{
    (void)state;
    struct sbx_findings *findings =
        check_text("[root]\ndriver = fuse\n[syscalls]\nallow = @base\n");
    FINDS(findings, {"t.ini", 2, 10, "only an overlay has a driver"});
    sbx_findings_free(findings);
    findings = check_text("[root]\nbase = overlay\nlower = /srv\nupper = /kept\ndriver = fuse\n"
                          "[syscalls]\nallow = @base\n");
    FINDS(findings, {"t.ini", 4, 9, "kept by the kernel's driver alone"});
    sbx_findings_free(findings);
    findings = check_text("[root]\nbase = overlay\nlower = /srv\nupper = tmpfs\ndriver = fuse\n"
                          "[syscalls]\nallow = @base\n");
    assert_int_equal(sbx_findings_count(findings), 0);
    sbx_findings_free(findings);
    findings = check_text("[root]\nbase = overlay\nlower = /srv\ndriver = fuse\n"
                          "[identity]\nuid = 65534\ngid = 65534\n[syscalls]\nallow = @base\n");
    FINDS(findings, {"t.ini", 6, 7, "identity.uid = 65534"},
          {"t.ini", 7, 7, "identity.gid = 65534"});
    sbx_findings_free(findings);
}

/* What is about no place first; the profile, then what it extends in the order in which it was
 * read, then --set; each by line and column. */
static void order(void **state)
{
    static const char *const overrides[] = {"limits.pids=3", "limits.pids=x", "files.ro+=a b",
                                            "capabilities.keep=cap_nope"};
    (void)state;
    file_text("b.ini", "[capabilities]\nkeep = cap_bnope\n[limits]\npids = b\n");
    file_text("a.ini", "[profile]\nextends = b\n[limits]\npids = a\n");
    file_text("t.ini", "[files]\nro = x y\n  z\n[profile]\nextends = a\n[limits]\npids = t\n");
    struct sbx_findings *findings = check_with("t.ini", overrides, 4);
    FINDS(findings, {"t.ini", 2, 6, "'x'"}, {"t.ini", 2, 8, "'y'"}, {"t.ini", 3, 3, "'z'"},
          {"t.ini", 7, 8, "'t'"}, {"a.ini", 4, 8, "'a'"}, {"b.ini", 4, 8, "'b'"},
          {"--set", 2, 13, "'x'"}, {"--set", 3, 11, "'a'"}, {"--set", 3, 13, "'b'"},
          {"--set", 4, 19, "cap_nope"});
    sbx_findings_free(findings);
    findings = check_with("nowhere", overrides + 1, 1);
    FINDS(findings, {"", 0, 0, "there is no profile 'nowhere'"}, {"--set", 1, 13, "'x'"});
    sbx_findings_free(findings);
}

/* That a profile can't even be opened is a finding, not a failure. */
static void unreadable(void **state)
{
    (void)state;
    static const char *const names[] = {"", "nowhere", "./nowhere.ini", "/", "/dev/zero"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct sbx_findings *findings = check_with(names[i], NULL, 0);
        assert_int_equal(sbx_findings_count(findings), 1);
        assert_int_equal(sbx_findings_at(findings, 0)->severity, SBX_SEVERITY_ERROR);
        assert_string_equal(sbx_findings_at(findings, 0)->error.origin.file, "");
        sbx_findings_free(findings);
    }
}

static size_t errors_of(const struct sbx_findings *findings)
{
    size_t errors = 0;
    for (size_t i = 0; i < sbx_findings_count(findings); i++)
        errors += sbx_findings_at(findings, i)->severity == SBX_SEVERITY_ERROR;
    return errors;
}

static void shipped(void **state)
{
    static const char *const names[] = {"base",         "build",      "dry-run",   "judge",
                                        "judge-python", "judge-java", "judge-node"};
    char path[512];
    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s.ini", SANDBOX_PROFILES, names[i]);
        struct sbx_findings *findings = check_with(path, NULL, 0);
        assert_int_equal(errors_of(findings), 0);
        sbx_findings_free(findings);
    }
}

static void bound(void **state)
{
    (void)state;
    FILE *file = fopen("t.ini", "we");
    assert_non_null(file);
    fputs("[files]\nro =\n", file);
    for (int i = 0; i < 100000; i++)
        fputs(" x x x\n", file);
    fclose(file);
    struct sbx_findings *findings = check_with("t.ini", NULL, 0);
    assert_int_equal(sbx_findings_count(findings), 1001);
    /* and it says so, first of all */
    assert_non_null(strstr(sbx_findings_at(findings, 0)->error.text, "more errors"));
    assert_int_equal(sbx_findings_at(findings, 1000)->error.origin.line, 336);
    sbx_findings_free(findings);
}

/* ---- formats -------------------------------------------------------------------------------- */

static json_t *formatted(const struct sbx_findings *const *findings, size_t count,
                         enum sbx_findings_format format)
{
    struct sbx_error error;
    json_error_t fault;
    char *text = NULL;
    assert_int_equal(sbx_findings_format(findings, count, format, &text, &error), 0);
    assert_int_equal(text[strlen(text) - 1], '\n');
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &fault);
    if (!root)
        fail_msg("%d: %s in\n%s", fault.line, fault.text, text);
    free(text);
    return root;
}

/* A member of members: "a.0.b". */
static json_t *member(json_t *value, const char *path)
{
    char name[64];
    while (*path) {
        size_t length = strcspn(path, ".");
        snprintf(name, sizeof(name), "%.*s", (int)length, path);
        value = json_is_array(value) ? json_array_get(value, strtoul(name, NULL, 10))
                                     : json_object_get(value, name);
        path += length + (path[length] == '.');
    }
    return value;
}

static void assert_json_text(json_t *root, const char *path, const char *expected)
{
    const char *text = json_string_value(member(root, path));
    if (!text || strcmp(text, expected) != 0)
        fail_msg("%s is '%s', not '%s'", path, text ? text : "(none)", expected);
}

static void assert_json_number(json_t *root, const char *path, json_int_t expected)
{
    json_t *number = member(root, path);
    if (!json_is_integer(number) || json_integer_value(number) != expected)
        fail_msg("%s is %lld, not %lld", path, (long long)json_integer_value(number),
                 (long long)expected);
}

/* Nothing but these members. */
static void assert_members(json_t *object, const char *path, const char *names)
{
    char word[64], list[512];
    const char *name;
    json_t *value;
    snprintf(list, sizeof(list), " %s ", names);
    assert_true(json_is_object(member(object, path)));
    size_t blanks = 0;
    for (const char *c = list; *c; c++)
        blanks += *c == ' ';
    assert_int_equal(json_object_size(member(object, path)), blanks - 1);
    json_object_foreach(member(object, path), name, value)
    {
        snprintf(word, sizeof(word), " %s ", name);
        if (!strstr(list, word))
            fail_msg("%s has a member '%s'", path, name);
    }
}

static void json(void **state)
{
    (void)state;
    file_text("good.ini", "[syscalls]\nallow = @base\n");
    file_text("bad.ini", "[limits]\npids = x\nmemry = 1M\n");
    static const char *const overrides[] = {"limits.pids=y"};
    struct sbx_findings *list[] = {check_with("good.ini", NULL, 0),
                                   check_with("bad.ini", overrides, 1),
                                   check_with("nowhere", NULL, 0)};
    json_t *root = formatted((const struct sbx_findings *const *)list, 3, SBX_FINDINGS_JSON);
    assert_members(root, "", "version profiles");
    assert_json_number(root, "version", 1);
    assert_int_equal(json_array_size(member(root, "profiles")), 3);
    assert_members(root, "profiles.1", "profile valid findings");
    assert_json_text(root, "profiles.0.profile", "good.ini");
    assert_true(json_is_true(member(root, "profiles.0.valid")));
    assert_true(json_is_false(member(root, "profiles.1.valid")));
    assert_int_equal(json_array_size(member(root, "profiles.1.findings")), 3);
    assert_members(root, "profiles.1.findings.0",
                   "severity rule file line column length text hint");
    assert_json_text(root, "profiles.1.findings.0.severity", "error");
    assert_json_text(root, "profiles.1.findings.0.rule", "invalid");
    assert_json_text(root, "profiles.1.findings.0.file", "bad.ini");
    assert_json_number(root, "profiles.1.findings.0.line", 2);
    assert_json_number(root, "profiles.1.findings.0.column", 8);
    assert_json_number(root, "profiles.1.findings.0.length", 1);
    assert_json_text(root, "profiles.1.findings.0.text", "limits.pids: 'x' is not a number");
    assert_json_text(root, "profiles.1.findings.1.hint", "did you mean 'memory'?");
    assert_json_text(root, "profiles.1.findings.2.file", "--set");
    assert_json_number(root, "profiles.1.findings.2.line", 1);
    assert_true(json_is_null(member(root, "profiles.2.findings.0.file")));
    assert_true(json_is_null(member(root, "profiles.2.findings.0.line")));
    assert_true(json_is_null(member(root, "profiles.2.findings.0.column")));
    json_decref(root);
    for (size_t i = 0; i < 3; i++)
        sbx_findings_free(list[i]);
    root = formatted(NULL, 0, SBX_FINDINGS_JSON);
    assert_int_equal(json_array_size(member(root, "profiles")), 0);
    json_decref(root);
}

/* The region of the only result of a profile. */
static void assert_region(const char *text, json_int_t line, json_int_t start, json_int_t end)
{
    struct sbx_findings *findings = check_text(text);
    assert_int_equal(sbx_findings_count(findings), 1);
    json_t *root = formatted((const struct sbx_findings *const *)&findings, 1, SBX_FINDINGS_SARIF);
    static const char path[] = "runs.0.results.0.locations.0.physicalLocation.region";
    json_t *region = member(root, path);
    assert_json_number(region, "startLine", line);
    if (start) {
        assert_members(root, path, "startLine startColumn endColumn");
        assert_json_number(region, "startColumn", start);
        assert_json_number(region, "endColumn", end);
    } else {
        assert_members(root, path, "startLine");
    }
    json_decref(root);
    sbx_findings_free(findings);
}

/* Columns count characters from 1; the end is behind the last one. */
static void sarif_columns(void **state)
{
    (void)state;
    assert_region("[limits]\npids = x\n", 2, 8, 9);
    assert_region("[limits]\npids\t=\t12K ; c\n", 2, 8, 11);
    assert_region("[environment]\nset = A=gr\xc3\xbc\xc3\x9f BAD\n", 2, 14, 17);
    assert_region("[environment]\nset = A=\xf0\x9f\x93\xa6 \"B\xc3\xbc C\"\n", 2, 11, 17);
    assert_region("[environment]\r\nset = A=\xe2\x82\xac B\xe2\x82\xac \r\n", 2, 11, 13);
    assert_region("\xef\xbb\xbf[limit]\n", 1, 2, 7);
    assert_region("[limits]\nmemory =\n", 2, 1, 7);
    assert_region("[limits]\n\xc3\xbc \xff\n", 2, 3, 4);
    assert_region("[]\n", 1, 2, 3);
}

static void sarif(void **state)
{
    (void)state;
    assert_int_equal(mkdir("a b", 0700), 0);
    file_text("a b/\xc3\xbc%.ini", "[limits]\npids = x\nmemory = \"\\x1\"\n");
    static const char *const overrides[] = {"limits.core=y"};
    char *path = NULL, *uri = NULL;
    assert_true(asprintf(&path, "%s/a b/\xc3\xbc%%.ini", (char *)*state) > 0);
    assert_true(asprintf(&uri, "file://%s/a%%20b/%%C3%%BC%%25.ini", (char *)*state) > 0);
    struct sbx_findings *list[] = {check_with("a b/\xc3\xbc%.ini", overrides, 1),
                                   check_with(path, NULL, 0), check_with("nowhere", NULL, 0)};
    json_t *root = formatted((const struct sbx_findings *const *)list, 3, SBX_FINDINGS_SARIF);
    assert_json_text(root, "version", "2.1.0");
    assert_json_text(root, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    assert_int_equal(json_array_size(member(root, "runs")), 1);
    assert_json_text(root, "runs.0.tool.driver.name", "sandbox");
    assert_json_text(root, "runs.0.columnKind", "unicodeCodePoints");
    json_t *rules = member(root, "runs.0.tool.driver.rules"),
           *results = member(root, "runs.0.results"), *result;
    assert_int_equal(json_array_size(rules), 1);
    assert_json_text(rules, "0.id", "invalid");
    assert_int_equal(json_array_size(results), 6);
    size_t i;
    json_array_foreach(results, i, result)
    {
        assert_members(result, "", "ruleId level message locations");
        assert_json_text(result, "ruleId", "invalid");
        assert_json_text(result, "level", "error");
        assert_true(json_string_length(member(result, "message.text")) > 0);
        assert_int_equal(json_array_size(member(result, "locations")), 1);
        assert_true(
            json_is_string(member(result, "locations.0.physicalLocation.artifactLocation.uri")));
    }
    assert_json_text(results, "0.message.text",
                     "limits.pids: 'x' is not a number. write digits alone, or unlimited");
    assert_json_text(results, "0.locations.0.physicalLocation.artifactLocation.uri",
                     "a%20b/%C3%BC%25.ini");
    /* An override is told of at the profile that it was laid over. */
    assert_json_text(results, "2.locations.0.physicalLocation.artifactLocation.uri",
                     "a%20b/%C3%BC%25.ini");
    assert_json_text(results, "3.locations.0.physicalLocation.artifactLocation.uri", uri);
    /* What is about no line of a file has no region. */
    assert_null(member(results, "2.locations.0.physicalLocation.region"));
    assert_null(member(results, "5.locations.0.physicalLocation.region"));
    json_decref(root);
    for (i = 0; i < 3; i++)
        sbx_findings_free(list[i]);
    free(path);
    free(uri);
    root = formatted(NULL, 0, SBX_FINDINGS_SARIF);
    assert_int_equal(json_array_size(member(root, "runs.0.results")), 0);
    json_decref(root);
}

/* A file whose name begins with '-' is a file. */
static void dash(void **state)
{
    (void)state;
    file_text("-x.ini", "[limits]\npids = x\n");
    struct sbx_findings *findings = check_with("-x.ini", NULL, 0);
    json_t *root = formatted((const struct sbx_findings *const *)&findings, 1, SBX_FINDINGS_SARIF);
    assert_json_number(root, "runs.0.results.0.locations.0.physicalLocation.region.startLine", 2);
    json_decref(root);
    sbx_findings_free(findings);
}

/* JSON is UTF-8, whatever names and words are. */
static void odd_bytes(void **state)
{
    (void)state;
    file_text("\xff\n\"\\.ini", "[limits]\npids = \"\\xff\\x0a\\x22\\xe2\\x80\\xae\"\n");
    struct sbx_findings *findings = check_with("\xff\n\"\\.ini", NULL, 0);
    for (int i = 0; i < 2; i++) {
        json_t *root = formatted((const struct sbx_findings *const *)&findings, 1,
                                 i ? SBX_FINDINGS_SARIF : SBX_FINDINGS_JSON);
        if (i)
            assert_json_text(root,
                             "runs.0.results.0.locations.0.physicalLocation.artifactLocation.uri",
                             "%FF%0A%22%5C.ini");
        else
            assert_json_text(root, "profiles.0.profile", "\xef\xbf\xbd\n\"\\.ini");
        json_decref(root);
    }
    sbx_findings_free(findings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(names_too), TEST(drivers), TEST(order),     TEST(unreadable),
        TEST(shipped),   TEST(bound),   TEST(json),      TEST(sarif_columns),
        TEST(sarif),     TEST(dash),    TEST(odd_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
