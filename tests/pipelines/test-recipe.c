/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The recipes' syntax, good and bad, and that no value gets out of its place: what recipe_expand() and
 * recipe_line_to_shell() make is given to the two parsers of GStreamer that will read it. */

#include <check.h>
#include <gst/gst.h>
#include <string.h>

#include "tools/call-pipeline/branchline.h"
#include "tools/call-pipeline/recipe.h"

#define WHAT "# what: x\n"

static const struct
{
  const char *text;
  const char *message; /* part of the error */
} bad_recipes[] = {
    {"", "what"},
    {"fakesrc\n", "what"},
    {WHAT, "no launch line"},
    {WHAT "# only a comment\n", "no launch line"},
    {WHAT WHAT "fakesrc\n", "a second what"},
    {"# what:\nfakesrc\n", "nothing behind"},
    {WHAT "# waht: y\nfakesrc\n", "no such header"},
    {WHAT "# var: 1x=2\nfakesrc name=${1x}\n", "not `name=default"},
    {WHAT "# var: X=2\nfakesrc name=${X}\n", "not `name=default"},
    {WHAT "# var: a_b=2\nfakesrc name=${a_b}\n", "not `name=default"},
    {WHAT "# var: a=\"b\nfakesrc name=${a}\n", "quote that is not closed"},
    {WHAT "# var: a=\"b\"c\nfakesrc name=${a}\n", "quote that is not closed"},
    {WHAT "# var: a=1\n# var: a=2\nfakesrc name=${a}\n", "second variable"},
    {WHAT "# var: a=1\nfakesrc\n", "not used"},
    {WHAT "fakesrc name=${a}\n", "no `# var:`"},
    {WHAT "# var: a=1\nfakesrc name=${a\n", "not ${name}"},
    {WHAT "# var: a=1\nfakesrc name=${}\n", "not ${name}"},
    {WHAT "# var: a=1\nfakesrc name=${a b}\n", "not ${name}"},
    {WHAT "# var: a=1\n${a} ! fakesink\n", "not the value"},
    {WHAT "# var: a=1\nfakesrc ! ${a} ! fakesink\n", "not the value"},
    {WHAT "# var: a=1\nfakesrc name=x${a} ${a}\n", "not the value"},
    {WHAT "# var: a=1\nfakesrc name=\"${a}\"\n", "not the value"},
    {WHAT "# var: a=1\nfakesrc name='${a}'\n", "not the value"},
    {WHAT "fakesrc name=\"a\n", "quote that is not closed"},
    {WHAT "# expect: success\nfakesrc\n", "expect is none of"},
    {WHAT "# expect: file ${a}\nfakesrc\n", "no `# var:`"},
    {WHAT "# expect: file a\n# expect: file b\nfakesrc\n", "second file"},
    {WHAT "# timeout: 30\nfakesrc\n", "timeout is not like"},
    {WHAT "# timeout: -1s\nfakesrc\n", "timeout is not like"},
    {WHAT "# timeout: 0s\nfakesrc\n", "timeout is not like"},
    {WHAT "# timeout: 99999999999999999999s\nfakesrc\n", "timeout is not like"},
    {WHAT "# timeout: 1441m\nfakesrc\n", "timeout is not like"},
    {WHAT "# stdout: events\nfakesrc\n", "only be for media"},
    {WHAT "# timeout: 30s\n# timeout: 30s\nfakesrc\n", "second timeout"},
    {WHAT "# timeout: ${a}\nfakesrc\n", "no `# var:`"},
    {WHAT "# instances: 2\n# instances: 2\nfakesrc\n", "second number of instances"},
    {WHAT "fakesrc name=a${instance}\n", "no `# var:`"},
    {WHAT "# instances: 2\n# expect: file ${instance}\nfakesrc name=a${instance}\n", "same for all instances"},
    {WHAT "# instances: 2\n# var: instance=1\nfakesrc name=a${instance}\n", "that `# instances:` uses"},
    {WHAT "# branch: a\nfakesrc\n", "not `NAME  LAUNCH LINE`"},
    {WHAT "# branch: a  fakesrc\n# branch: a  fakesrc\n# on: x: start a\nfakesrc\n", "second branch"},
    {WHAT "# branch: a  fakesrc\nfakesrc\n", "branch that nothing starts"},
    {WHAT "# branch: a  fakesrc\n# on: x: stop a\nfakesrc\n", "branch that nothing starts"},
    {WHAT "# branch: a  ${b} ! x.\n# var: b\n# on: x: start a\nfakesrc\n", "not the value"},
    {WHAT "# branch: a  fakesrc name='a\n# on: x: start a\nfakesrc\n", "quote that is not closed"},
    {WHAT "# on: x: start a\nfakesrc\n", "no `# branch:`"},
    {WHAT "# on: x: stop a\nfakesrc\n", "no `# branch:`"},
    {WHAT "# on: x a=${b}: end\nfakesrc\n", "no `# var:`"},
    {WHAT "# on: x: set a.b=${c}\nfakesrc\n", "no `# var:`"},
    {WHAT "# on: x\nfakesrc\n", "not `MESSAGE"},
    {WHAT "# on: x:\nfakesrc\n", "not `MESSAGE"},
    {WHAT "# on: : end\nfakesrc\n", "not `MESSAGE"},
    {WHAT "# on: x y: end\nfakesrc\n", "not FIELD=VALUE"},
    {WHAT "# on: x =y: end\nfakesrc\n", "not FIELD=VALUE"},
    {WHAT "# on: x y!z: end\nfakesrc\n", "not FIELD=VALUE"},
    {WHAT "# on: x: jump\nfakesrc\n", "no such action"},
    {WHAT "# on: x: end, \nfakesrc\n", "no such action"},
    {WHAT "# on: x: end now\nfakesrc\n", "end takes nothing"},
    {WHAT "# on: x: start\nfakesrc\n", "no branch's name"},
    {WHAT "# on: x: start *\nfakesrc\n", "no branch's name"},
    {WHAT "# on: x: press\nfakesrc\n", "no keys"},
    {WHAT "# on: x: hang-up ${a}\nfakesrc\n", "no element's name"},
    {WHAT "# on: x: set a\nfakesrc\n", "not ELEMENT.PROPERTY=VALUE"},
    {WHAT "# on: x: set a.=b\nfakesrc\n", "not ELEMENT.PROPERTY=VALUE"},
    {WHAT "# on: x: set ${a}.b=c\nfakesrc\n", "no element's name"},
    {WHAT "# on: x: timer a\nfakesrc\n", "not NAME TIME"},
    {WHAT "# on: x: timer a 5\nfakesrc\n", "no time like"},
    {WHAT "fakesrc name=\xff\n", "UTF-8"},
};

START_TEST (test_bad_recipe)
{
  g_autoptr (GError) error = NULL;
  const char *text = bad_recipes[_i].text;
  Recipe *recipe = recipe_parse ("bad", text, strlen (text), &error);

  ck_assert_msg (recipe == NULL, "taken: %s", text);
  ck_assert (g_error_matches (error, RECIPE_ERROR, RECIPE_ERROR_SYNTAX));
  ck_assert_msg (strstr (error->message, bad_recipes[_i].message) != NULL, "%s: %s", text, error->message);
  ck_assert_msg (g_str_has_prefix (error->message, "bad"), "%s", error->message);
}
END_TEST

START_TEST (test_zero_byte_and_size)
{
  static const char zero[] = WHAT "fakesrc\0name=x\n";
  g_autofree char *big = g_strnfill (64 * 1024 + 1, ' ');

  ck_assert (recipe_parse ("zero", zero, sizeof zero - 1, NULL) == NULL);
  ck_assert (recipe_parse ("big", big, strlen (big), NULL) == NULL);
}
END_TEST

static Recipe *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  Recipe *recipe = recipe_parse ("test", text, strlen (text), &error);

  ck_assert_msg (recipe != NULL, "%s", error != NULL ? error->message : "");
  return recipe;
}

START_TEST (test_header)
{
  g_autoptr (Recipe) recipe = parse ("# SPDX-License-Identifier: LGPL-2.1-or-later\n"
                                     "# A remark: for the reader.\n"
                                     "# what: two tones\n"
                                     "# needs: audiotestsrc, fakesink\n"
                                     "# var: freq=440  of the first [Hz]\n"
                                     "# var: second\n"
                                     "# var: title=\"two words\" said with it\n"
                                     "# var: empty=  may stay empty\n"
                                     "# expect: timeout\n"
                                     "# expect: file ${title}.txt\n"
                                     "# timeout: 2m\n"
                                     "audiotestsrc freq=${freq} ! \\\n"
                                     "  # in between\n"
                                     "\tfakesink name=${title} \\\n"
                                     "  audiotestsrc freq=${second} name=${empty} ! fakesink\r\n");
  const RecipeVariable *title = recipe_find_variable (recipe, "title");

  ck_assert_str_eq (recipe->what, "two tones");
  ck_assert_uint_eq (recipe->needs->len, 2);
  ck_assert_str_eq (g_ptr_array_index (recipe->needs, 1), "fakesink");
  ck_assert_uint_eq (recipe->variables->len, 4);
  ck_assert_str_eq (title->value, "two words");
  ck_assert_str_eq (title->description, "said with it");
  ck_assert_ptr_null (recipe_find_variable (recipe, "second")->value);
  ck_assert_str_eq (recipe_find_variable (recipe, "empty")->value, "");
  ck_assert_int_eq (recipe->expect, RECIPE_END_TIMEOUT);
  ck_assert_str_eq (recipe->expect_file, "${title}.txt");
  ck_assert_str_eq (recipe->timeout, "2m");
  ck_assert_str_eq (recipe->line, "audiotestsrc freq=${freq} ! fakesink name=${title} "
                                  "audiotestsrc freq=${second} name=${empty} ! fakesink");
}
END_TEST

static GHashTable *
table (const char *name, const char *value)
{
  GHashTable *values = g_hash_table_new (g_str_hash, g_str_equal);

  g_hash_table_insert (values, (gpointer) name, (gpointer) value);
  return values;
}

START_TEST (test_values)
{
  static const struct
  {
    const char *name, *value;
    int code;
  } wrong[] = {
      {"other", "1", RECIPE_ERROR_UNKNOWN},
      {"b", "1", RECIPE_ERROR_MISSING},
      {"a", "one\ntwo", RECIPE_ERROR_VALUE},
      {"a", "\x1b[2J", RECIPE_ERROR_VALUE},
      {"a", "\xc3", RECIPE_ERROR_VALUE},
  };
  g_autoptr (Recipe) recipe =
      parse (WHAT "# var: a\n# var: b=2\n# expect: file ${a}\nfakesrc name=${a} blocksize=${b}\n");
  g_autoptr (GHashTable) good = table ("a", "x y");
  g_autofree char *line = recipe_expand (recipe, good, NULL);
  g_autofree char *file = recipe_expand_file (recipe, good, NULL);

  ck_assert_str_eq (line, "fakesrc name=x\\ y blocksize=2");
  ck_assert_str_eq (file, "x y");
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GHashTable) values = table (wrong[i].name, wrong[i].value);
    ck_assert_ptr_null (recipe_expand (recipe, values, &error));
    ck_assert_int_eq (error->code, wrong[i].code);
  }
}
END_TEST

START_TEST (test_instances)
{
  g_autoptr (Recipe) recipe = parse (WHAT "# var: n=2\n# var: peer=\"p \"\n# instances: ${n}\n# timeout: ${n}s\n"
                                          "fakesrc name=a${instance} ! \"x${instance}.\" d=${peer}${instance}\n");
  g_autofree char *line = recipe_expand (recipe, NULL, NULL);
  static const char *const wrong[] = {"0", "-1", "1001", "2x", ""};
  guint seconds = 0, count = 0;

  ck_assert_str_eq (line, "fakesrc name=a1 ! \"x1.\" d=p\\ 1 fakesrc name=a2 ! \"x2.\" d=p\\ 2");
  ck_assert (recipe_expand_timeout (recipe, NULL, &seconds, NULL) && seconds == 2);
  ck_assert (recipe_expand_instances (recipe, NULL, &count, NULL) && count == 2);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GHashTable) values = table ("n", wrong[i]);
    ck_assert_ptr_null (recipe_expand (recipe, values, &error));
    ck_assert (g_error_matches (error, RECIPE_ERROR, RECIPE_ERROR_VALUE));
  }
}
END_TEST

START_TEST (test_branches_and_reactions)
{
  g_autoptr (Recipe) recipe = parse (WHAT "# var: file=x.wav\n# var: wait=5s\n"
                                          "# branch: hello  filesrc location=${file} \\\n"
                                          "#                ! wavparse ! mix.\n"
                                          "# on: call-state state=connected peer!=${file}: start hello, \\\n"
                                          "#     timer quiet ${wait}, hang-up\n"
                                          "fakesrc\n");
  g_autoptr (GHashTable) values = table ("file", "a b=c, d: e");
  g_autoptr (GHashTable) bad = table ("wait", "soon");
  g_autoptr (GPtrArray) branches = recipe_expand_branches (recipe, values, NULL);
  g_autoptr (GPtrArray) reactions = recipe_expand_reactions (recipe, values, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = reaction_to_string (g_ptr_array_index (reactions, 0));

  ck_assert_str_eq (
      recipe_find_branch (branches, "hello")->line, "filesrc location=a\\ b\\=c\\,\\ d:\\ e ! wavparse ! mix.");
  ck_assert_str_eq (text, "call-state state=connected peer!=a b=c, d: e: start hello, timer quiet 5s, hang-up");
  ck_assert_ptr_null (recipe_expand_reactions (recipe, bad, &error));
  ck_assert (g_error_matches (error, RECIPE_ERROR, RECIPE_ERROR_VALUE));
}
END_TEST

/* Values that try to leave their place. */
static const char *const nasty[] = {
    "plain",
    "",
    " ",
    "a b",
    " lead and trail ",
    "x ! fakesink name=evil",
    "x\" ! fakesink name=\"evil",
    "\"quoted\" once",
    "x' ! fakesink name='evil",
    "back\\slash",
    "ends in \\",
    "\\",
    "\\\\",
    "\\\" ! fakesink name=evil \\\"",
    "a\\ b",
    "\"quoted\"",
    "\"",
    "\"\\",
    "bl\xc3\xa4h \\",
    "a\\  b\" c \\ d",
    "tick ` $(touch evil) ${HOME} $HOME ; & | < > * ? [a] {b} ~ # no",
    "comma,equal=semi;paren)(",
    "bl\xc3\xa4h \xe2\x98\x8e",
    "!",
    ".",
    "100%",
};

/* The pipeline of one fakesrc and one fakesink is still that, and the value is in its property. */
static void
assert_pipeline (GstElement *pipeline, const GError *error, const char *value, const char *line)
{
  g_autoptr (GstElement) sink = NULL;
  g_autofree char *got = NULL;

  ck_assert_msg (pipeline != NULL && error == NULL, "%s: %s", line, error != NULL ? error->message : "nothing");
  ck_assert_msg (GST_BIN_NUMCHILDREN (pipeline) == 2, "%d elements: %s", GST_BIN_NUMCHILDREN (pipeline), line);
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "out");
  ck_assert_ptr_nonnull (sink);
  g_object_get (sink, "location", &got, NULL);
  ck_assert_msg (g_strcmp0 (got, value) == 0, "'%s' became '%s' by %s", value, got, line);
}

static char *
expand_nasty (const char *value)
{
  g_autoptr (Recipe) recipe = parse (WHAT "# var: a\nfakesrc name=\"in \\\"1\" ! filesink location=${a} name=out\n");
  g_autoptr (GHashTable) values = table ("a", value);
  g_autoptr (GError) error = NULL;
  char *line = recipe_expand (recipe, values, &error);

  ck_assert_msg (line != NULL, "%s", error != NULL ? error->message : "");
  return line;
}

START_TEST (test_value_stays_value)
{
  const char *value = nasty[_i];
  g_autofree char *line = expand_nasty (value);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (line, &error);

  assert_pipeline (pipeline, error, value, line);
}
END_TEST

/* The same through a shell and gst-launch's own quoting. */
START_TEST (test_shell_words)
{
  const char *value = nasty[_i];
  g_autofree char *line = expand_nasty (value);
  g_autofree char *shell = recipe_line_to_shell (line);
  const char *script[] = {"sh", "-c", NULL, NULL};
  g_autofree char *command = g_strconcat ("for word in ", shell, "; do printf '%s\\n' \"$word\"; done", NULL);
  g_autofree char *output = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = NULL;

  script[2] = command;
  ck_assert (g_spawn_sync (NULL, (char **) script, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, NULL, NULL, &error));
  ck_assert (output[0] != '\0');
  output[strlen (output) - 1] = '\0';
  words = g_strsplit (output, "\n", -1);
  pipeline = gst_parse_launchv ((const char **) words, &error);
  assert_pipeline (pipeline, error, value, shell);
}
END_TEST

/* In caps nothing but plain text makes sense; the rest must fail instead of adding elements. */
START_TEST (test_value_in_caps)
{
  g_autoptr (Recipe) recipe = parse (WHAT "# var: a\nfakesrc ! video/x-raw,width=${a},height=2 ! fakesink name=out\n");
  g_autoptr (GHashTable) values = table ("a", nasty[_i]);
  g_autofree char *line = recipe_expand (recipe, values, NULL);
  g_autoptr (GstElement) pipeline = gst_parse_launch_full (line, NULL, GST_PARSE_FLAG_FATAL_ERRORS, NULL);
  g_autoptr (GstElement) evil = pipeline != NULL ? gst_bin_get_by_name (GST_BIN (pipeline), "evil") : NULL;

  ck_assert_msg (evil == NULL, "%s", line);
  ck_assert_msg (pipeline == NULL || GST_BIN_NUMCHILDREN (pipeline) == 3, "%s", line);
}
END_TEST

/* The same in a branch, whose line is rewritten before it is parsed. */
START_TEST (test_value_in_branch)
{
  g_autoptr (Recipe) recipe = parse (WHAT "# var: a\n# on: x: start b\n"
                                          "# branch: b  fakesrc ! filesink name=out location=${a}\nfakesrc\n");
  g_autoptr (GHashTable) values = table ("a", nasty[_i]);
  g_autoptr (GPtrArray) branches = recipe_expand_branches (recipe, values, NULL);
  g_autoptr (GPtrArray) ends = NULL;
  g_autofree char *line = branch_line_split (recipe_find_branch (branches, "b")->line, &ends);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) bin = gst_parse_bin_from_description (line, FALSE, &error);

  ck_assert_uint_eq (ends->len, 0);
  assert_pipeline (bin, error, nasty[_i], line);
}
END_TEST

static Suite *
recipe_suite (void)
{
  Suite *suite = suite_create ("recipe");
  TCase *syntax = tcase_create ("syntax");
  TCase *expansion = tcase_create ("expansion");

  tcase_add_loop_test (syntax, test_bad_recipe, 0, G_N_ELEMENTS (bad_recipes));
  tcase_add_test (syntax, test_zero_byte_and_size);
  tcase_add_test (syntax, test_header);
  tcase_add_test (expansion, test_values);
  tcase_add_test (expansion, test_instances);
  tcase_add_test (expansion, test_branches_and_reactions);
  tcase_add_loop_test (expansion, test_value_in_branch, 0, G_N_ELEMENTS (nasty));
  tcase_add_loop_test (expansion, test_value_stays_value, 0, G_N_ELEMENTS (nasty));
  tcase_add_loop_test (expansion, test_shell_words, 0, G_N_ELEMENTS (nasty));
  tcase_add_loop_test (expansion, test_value_in_caps, 0, G_N_ELEMENTS (nasty));
  suite_add_tcase (suite, syntax);
  suite_add_tcase (suite, expansion);
  return suite;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  SRunner *runner;
  int failed;

  gst_init (&argc, &argv);
  runner = srunner_create (recipe_suite ());
  srunner_run_all (runner, CK_NORMAL);
  failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed == 0 ? 0 : 1;
}
