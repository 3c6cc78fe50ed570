/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/jsoncheck.h"

#include <string.h>

static const char *const good[] = {
    "{}",
    "[]",
    "0",
    "-0",
    "true",
    "false",
    "null",
    "\"\"",
    " \t\r\n[ ] \n",
    "[1,2,3]",
    "{\"a\":1}",
    "{\"\":null}",
    "{\"a\":{\"b\":[{},[],\"\"]}, \"c\" : -1.5e+10 }",
    "1e308",
    "1E-400",
    "0.0",
    "9223372036854775807",
    "-9223372036854775808",
    "123456789012345678901234567890.0",
    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\"",
    "\"\\ud83d\\uDE00\"",
    "\"\xf0\x9f\x98\x80 \xc3\xa9 \x7f\"",
    "\"\\u0001\"",
    "{\"a\":1,\"a\":2}",
    "\"\\uffff\"",
};

static const struct
{
  const char *text;
  JsonCheckError code;
} bad[] = {
    {"", JSON_CHECK_ERROR_SYNTAX},
    {"  ", JSON_CHECK_ERROR_SYNTAX},
    {"[", JSON_CHECK_ERROR_SYNTAX},
    {"{", JSON_CHECK_ERROR_SYNTAX},
    {"]", JSON_CHECK_ERROR_SYNTAX},
    {"}", JSON_CHECK_ERROR_SYNTAX},
    {"[}", JSON_CHECK_ERROR_SYNTAX},
    {"{]", JSON_CHECK_ERROR_SYNTAX},
    {"[1}", JSON_CHECK_ERROR_SYNTAX},
    {"{\"a\":1]", JSON_CHECK_ERROR_SYNTAX},
    {"[1,]", JSON_CHECK_ERROR_SYNTAX},
    {"[,1]", JSON_CHECK_ERROR_SYNTAX},
    {"[1 2]", JSON_CHECK_ERROR_SYNTAX},
    {"{\"a\":1,}", JSON_CHECK_ERROR_SYNTAX},
    {"{\"a\"}", JSON_CHECK_ERROR_SYNTAX},
    {"{\"a\":}", JSON_CHECK_ERROR_SYNTAX},
    {"{a:1}", JSON_CHECK_ERROR_SYNTAX},
    {"{1:1}", JSON_CHECK_ERROR_SYNTAX},
    {"{'a':1}", JSON_CHECK_ERROR_SYNTAX},
    {"{} {}", JSON_CHECK_ERROR_SYNTAX},
    {"1 2", JSON_CHECK_ERROR_SYNTAX},
    {"{}x", JSON_CHECK_ERROR_SYNTAX},
    {"[]]", JSON_CHECK_ERROR_SYNTAX},
    {"var a = {};", JSON_CHECK_ERROR_SYNTAX},
    {"// x\n{}", JSON_CHECK_ERROR_SYNTAX},
    {"{/**/}", JSON_CHECK_ERROR_SYNTAX},
    {"True", JSON_CHECK_ERROR_SYNTAX},
    {"tru", JSON_CHECK_ERROR_SYNTAX},
    {"truex", JSON_CHECK_ERROR_SYNTAX},
    {"nul", JSON_CHECK_ERROR_SYNTAX},
    {"NaN", JSON_CHECK_ERROR_SYNTAX},
    {"Infinity", JSON_CHECK_ERROR_SYNTAX},
    {"-Infinity", JSON_CHECK_ERROR_SYNTAX},
    {"-", JSON_CHECK_ERROR_SYNTAX},
    {"+1", JSON_CHECK_ERROR_SYNTAX},
    {"01", JSON_CHECK_ERROR_SYNTAX},
    {"-01", JSON_CHECK_ERROR_SYNTAX},
    {"00", JSON_CHECK_ERROR_SYNTAX},
    {".5", JSON_CHECK_ERROR_SYNTAX},
    {"1.", JSON_CHECK_ERROR_SYNTAX},
    {"1.e1", JSON_CHECK_ERROR_SYNTAX},
    {"1e", JSON_CHECK_ERROR_SYNTAX},
    {"1e+", JSON_CHECK_ERROR_SYNTAX},
    {"0x10", JSON_CHECK_ERROR_SYNTAX},
    {"\"", JSON_CHECK_ERROR_SYNTAX},
    {"\"a", JSON_CHECK_ERROR_SYNTAX},
    {"\"\\", JSON_CHECK_ERROR_SYNTAX},
    {"\"\\\"", JSON_CHECK_ERROR_SYNTAX},
    {"\"\\x41\"", JSON_CHECK_ERROR_SYNTAX},
    {"\"\\u12\"", JSON_CHECK_ERROR_SYNTAX},
    {"\"\\u12g4\"", JSON_CHECK_ERROR_SYNTAX},
    {"\"\\u", JSON_CHECK_ERROR_SYNTAX},
    {"\xef\xbb\xbf{}", JSON_CHECK_ERROR_SYNTAX}, /* a byte order mark */
    {"\xc2\xa0{}", JSON_CHECK_ERROR_SYNTAX},     /* a space, but none of JSON's */
    {"\v{}", JSON_CHECK_ERROR_SYNTAX},
    {"\"\\u0000\"", JSON_CHECK_ERROR_STRING},
    {"{\"\\u0000\":1}", JSON_CHECK_ERROR_STRING},
    {"\"\\ud800\"", JSON_CHECK_ERROR_STRING},
    {"\"\\udc00\"", JSON_CHECK_ERROR_STRING},
    {"\"\\ud800\\u0041\"", JSON_CHECK_ERROR_STRING},
    {"\"\\ud800\\ud800\"", JSON_CHECK_ERROR_STRING},
    {"\"\\ud800x\"", JSON_CHECK_ERROR_STRING},
    {"\"\\ud800\\u12\"", JSON_CHECK_ERROR_STRING},
    {"\"a\nb\"", JSON_CHECK_ERROR_STRING},
    {"\"\x01\"", JSON_CHECK_ERROR_STRING},
    {"\"\x1f\"", JSON_CHECK_ERROR_STRING},
    {"\"\xff\"", JSON_CHECK_ERROR_STRING},
    {"\"\xc0\x80\"", JSON_CHECK_ERROR_STRING},         /* overlong NUL */
    {"\"\xed\xa0\x80\"", JSON_CHECK_ERROR_STRING},     /* a surrogate in UTF-8 */
    {"\"\xf4\x90\x80\x80\"", JSON_CHECK_ERROR_STRING}, /* past U+10FFFF */
    {"\"\xe2\x82\"", JSON_CHECK_ERROR_STRING},
    {"9223372036854775808", JSON_CHECK_ERROR_NUMBER},
    {"-9223372036854775809", JSON_CHECK_ERROR_NUMBER},
    {"[18446744073709551616]", JSON_CHECK_ERROR_NUMBER},
    {"1e400", JSON_CHECK_ERROR_NUMBER},
    {"-1e400", JSON_CHECK_ERROR_NUMBER},
    {"1e99999999999999999999", JSON_CHECK_ERROR_NUMBER},
};

static void
test_good (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *shown = g_strescape (good[i], NULL);
    g_test_message ("%s", shown);
    json_check (good[i], strlen (good[i]), JSON_CHECK_MAX_DEPTH, &error);
    g_assert_no_error (error);
  }
}

static void
test_bad (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *shown = g_strescape (bad[i].text, NULL);
    g_test_message ("%s", shown);
    g_assert_false (json_check (bad[i].text, strlen (bad[i].text), JSON_CHECK_MAX_DEPTH, &error));
    g_assert_error (error, JSON_CHECK_ERROR, (int) bad[i].code);
    g_assert_false (json_check (bad[i].text, strlen (bad[i].text), JSON_CHECK_MAX_DEPTH, NULL));
  }
}

/* A NUL byte in the text, and a text that does not end with one: every prefix of a good text, in a block of its own
 * size so that valgrind and the address sanitizer see a read past it. */
static void
test_bounds (void)
{
  static const char text[] = "{\"a\":[1.5e3,\"\\ud83d\\ude00\",true,{\"b\":null}],\"c\":-12}";
  g_autoptr (GError) error = NULL;

  g_assert_false (json_check (NULL, 0, JSON_CHECK_MAX_DEPTH, NULL));
  g_assert_false (json_check ("[1]\0", 4, JSON_CHECK_MAX_DEPTH, &error));
  g_assert_error (error, JSON_CHECK_ERROR, JSON_CHECK_ERROR_STRING);
  for (gsize length = 0; length < sizeof text; length++) {
    g_autofree char *exact = g_memdup2 (text, length);
    gboolean whole = length == sizeof text - 1;
    g_assert_cmpint (json_check (exact, length, JSON_CHECK_MAX_DEPTH, NULL), ==, whole);
  }
}

static gboolean
check_nested (guint depth, guint max_depth, GError **error)
{
  g_autofree char *text = g_malloc (2 * depth);

  for (guint i = 0; i < depth; i++) {
    text[i] = '[';
    text[2 * depth - 1 - i] = ']';
  }
  return json_check (text, 2 * depth, max_depth, error);
}

static void
test_depth (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (check_nested (64, JSON_CHECK_MAX_DEPTH, NULL));
  g_assert_false (check_nested (65, JSON_CHECK_MAX_DEPTH, &error));
  g_assert_error (error, JSON_CHECK_ERROR, JSON_CHECK_ERROR_DEPTH);
  g_assert_true (check_nested (1, 1, NULL));
  g_assert_false (check_nested (1, 0, NULL));
  g_assert_true (json_check ("1", 1, 0, NULL));
  g_assert_true (check_nested (1024, G_MAXUINT, NULL)); /* the most that is ever taken */
  g_assert_false (check_nested (1025, G_MAXUINT, NULL));
}

/* The kinds of nested containers are told apart at every depth. */
static void
test_kinds (void)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < 100; i++)
    g_string_append (text, i % 3 == 0 ? "[" : "{\"a\":");
  g_string_append (text, "1");
  for (guint i = 100; i-- > 0;)
    g_string_append_c (text, i % 3 == 0 ? ']' : '}');
  g_assert_true (json_check (text->str, text->len, 100, NULL));
  text->str[text->len - 65] = text->str[text->len - 65] == ']' ? '}' : ']';
  g_assert_false (json_check (text->str, text->len, 100, NULL));
}

static void
test_megabyte_of_brackets (void)
{
  const gsize length = 1 << 20;
  g_autofree char *text = g_malloc (length);
  g_autoptr (GError) error = NULL;

  memset (text, '[', length);
  g_assert_false (json_check (text, length, JSON_CHECK_MAX_DEPTH, &error));
  g_assert_error (error, JSON_CHECK_ERROR, JSON_CHECK_ERROR_DEPTH);
  g_assert_nonnull (strstr (error->message, "at byte 64"));
}

static void
test_long_number (void)
{
  g_autofree char *text = g_strnfill (200, '1');
  g_autoptr (GError) error = NULL;

  text[1] = '.';
  g_assert_false (json_check (text, 200, JSON_CHECK_MAX_DEPTH, &error));
  g_assert_error (error, JSON_CHECK_ERROR, JSON_CHECK_ERROR_NUMBER);
  g_assert_true (json_check (text, 128, JSON_CHECK_MAX_DEPTH, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/jsoncheck/good", test_good);
  g_test_add_func ("/jsoncheck/bad", test_bad);
  g_test_add_func ("/jsoncheck/bounds", test_bounds);
  g_test_add_func ("/jsoncheck/depth", test_depth);
  g_test_add_func ("/jsoncheck/kinds", test_kinds);
  g_test_add_func ("/jsoncheck/megabyte-of-brackets", test_megabyte_of_brackets);
  g_test_add_func ("/jsoncheck/long-number", test_long_number);
  return g_test_run ();
}
