/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/jsontext.h"

#include "gst/core/jsoncheck.h"

#include <string.h>

/* "name=value|name=value" of the members of @text. */
static char *
list_members (const char *text)
{
  g_autoptr (GString) out = g_string_new (NULL);
  JsonSlice name, value;
  JsonWalk walk;

  g_assert_true (json_check (text, strlen (text), JSON_CHECK_MAX_DEPTH, NULL));
  if (!json_walk_open (&walk, text, strlen (text)))
    return NULL;
  while (json_walk_next (&walk, &name, &value)) {
    if (out->len > 0)
      g_string_append_c (out, '|');
    if (walk.object)
      g_string_append_printf (out, "%.*s=", (int) name.length, name.text);
    g_string_append_len (out, value.text, (gssize) value.length);
  }
  return g_strdup (out->str);
}

static void
test_walk (void)
{
  static const struct
  {
    const char *text;
    const char *members;
  } cases[] = {
      {"1", NULL},
      {"\"[\"", NULL},
      {"[]", ""},
      {" { } ", ""},
      {"[1, \"a,]\\\"\" ,[2,[3]],{\"b\":[ ]}  , null ] ", "1|\"a,]\\\"\"|[2,[3]]|{\"b\":[ ]}|null"},
      {"{\"a\":1, \"b\" : {\"}\":\"{\"} ,\"c\\\"\":true}", "\"a\"=1|\"b\"={\"}\":\"{\"}|\"c\\\"\"=true"},
      {"[\"\\\\\",1]", "\"\\\\\"|1"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *members = list_members (cases[i].text);
    g_assert_cmpstr (members, ==, cases[i].members);
  }
}

static void
test_rest (void)
{
  static const char text[] = "[\"name\" , 1,[2] ]";
  JsonSlice name, value;
  JsonWalk walk;

  g_assert_true (json_walk_open (&walk, text, strlen (text)));
  g_assert_true (json_walk_next (&walk, &name, &value));
  JsonSlice rest = json_walk_rest (&walk);
  g_assert_cmpmem (rest.text, rest.length, "1,[2] ", 6);
}

static void
test_strings (void)
{
  static const struct
  {
    const char *text;
    const char *content;
  } cases[] = {
      {"\"\"", ""},
      {"\"a b\"", "a b"},
      {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"},
      {"\"\\u00e9\\u20AC\\ud83d\\ude00!\"", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80!"},
      {"12", NULL},
      {"[\"a\"]", NULL},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    JsonSlice slice = {cases[i].text, strlen (cases[i].text)};
    g_autofree char *content = json_slice_to_string (&slice);
    g_assert_cmpstr (content, ==, cases[i].content);
    g_assert_cmpint (json_slice_is_string (&slice, "a b"), ==, g_strcmp0 (cases[i].content, "a b") == 0);
  }
}

static void
test_ints (void)
{
  static const struct
  {
    const char *text;
    gboolean good;
    gint64 value;
  } cases[] = {{"0", TRUE, 0}, {"-5", TRUE, -5}, {"10", TRUE, 10}, {"11", FALSE, 0}, {"1.0", FALSE, 0},
      {"1e1", FALSE, 0}, {"\"1\"", FALSE, 0}, {"true", FALSE, 0}, {"-6", FALSE, 0},
      {"0.00000000000000000000000000001", FALSE, 0}};

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    JsonSlice slice = {cases[i].text, strlen (cases[i].text)};
    gint64 value = 0;
    g_assert_cmpint (json_slice_to_int (&slice, -5, 10, &value), ==, cases[i].good);
    g_assert_cmpint (cases[i].good ? value : 0, ==, cases[i].value);
  }
}

/* What is quoted is JSON, and reads back as it was. */
static void
test_quote (void)
{
  static const char *const texts[] = {"", "a", "\"\\", "\n\t\x01\x1f\x7f", "\xc3\xa9\xf0\x9f\x98\x80", "</script>"};

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GString) out = g_string_new (NULL);
    json_append_quoted (out, texts[i]);
    g_assert_true (json_check (out->str, out->len, 0, NULL));
    JsonSlice slice = {out->str, out->len};
    g_autofree char *back = json_slice_to_string (&slice);
    g_assert_cmpstr (back, ==, texts[i]);
  }
}

static void
test_next_object (void)
{
  static const char text[] = "[\"{\\\"{\",{\"a{\":{}}]";
  const char *end = text + strlen (text);
  const char *first = json_next_object (text, end);

  g_assert_cmpint (first - text, ==, 8);
  const char *second = json_next_object (first + 1, end);
  g_assert_cmpint (second - text, ==, 14);
  g_assert_null (json_next_object (second + 1, end));
  g_assert_null (json_next_object (end, end));
}

static void
test_exponents (void)
{
  static const char *const texts[][2] = {
      {"{\"a\":1e-10.0,\"b\":[1e+19.0,-2e-08.0]}", "{\"a\":1e-10,\"b\":[1e+19,-2e-08]}"},
      {"1e+22.0", "1e+22"},
      {"[1.5e-07,1.0,10.0,true,false]", "[1.5e-07,1.0,10.0,true,false]"},
      {"{\"1e-10.0\":\"\\\"1e-10.0\"}", "{\"1e-10.0\":\"\\\"1e-10.0\"}"},
      {"", ""},
  };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree char *text = json_mend_exponents (g_strdup (texts[i][0]));
    g_assert_cmpstr (text, ==, texts[i][1]);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/jsontext/walk", test_walk);
  g_test_add_func ("/jsontext/rest", test_rest);
  g_test_add_func ("/jsontext/strings", test_strings);
  g_test_add_func ("/jsontext/ints", test_ints);
  g_test_add_func ("/jsontext/quote", test_quote);
  g_test_add_func ("/jsontext/next-object", test_next_object);
  g_test_add_func ("/jsontext/exponents", test_exponents);
  return g_test_run ();
}
