/* SPDX-License-Identifier: MIT
 *
 * sanitized.c - what both programs say to the address sanitizer, where they are built with it. In
 * no library: the fuzzers and unit tests do look for leaks.
 */
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(SANITIZED)
/* Built with the address sanitizer: a process that is confined can't look for its leaks. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}
#endif
