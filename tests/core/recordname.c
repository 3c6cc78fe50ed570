/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/recordname.h"

#include <string.h>

#define STARTED (G_GINT64_CONSTANT (1795947300) * G_USEC_PER_SEC + 123456) /* 2026-11-29T10:15:00 UTC */

static const struct
{
  const char *template, *expanded;
} templates[] = {
    {"call.mkv", "call.mkv"},
    {"{call-id}.mkv", "c0ffee.mkv"},
    {"a/{date}/{peer}-{peer-name}.mkv", "a/2026-11-29/bob-Bob B.mkv"},
    {"{time} {utc}.mkv", "20261129-111500 20261129T101500Z.mkv"},
    {"{track}-{segment}.mkv", "audio_0-00001.mkv"},
    {"{track}{track}", "audio_0audio_0"},
    {"{", "{"},
    {"", ""},
};

static RecordNameValues
make_values (void)
{
  return (RecordNameValues){.call_id = "c0ffee",
      .peer = "bob",
      .peer_name = "Bob B",
      .track = "audio_0",
      .segment = 1,
      .started = STARTED,
      .utc_offset = 3600};
}

static void
test_templates (void)
{
  RecordNameValues values = make_values ();

  for (guint i = 0; i < G_N_ELEMENTS (templates); i++) {
    g_autofree char *expanded = record_name_expand (templates[i].template, &values);
    g_assert_cmpstr (expanded, ==, templates[i].expanded);
  }
}

/* Whatever a user calls himself, the file is in the folder that the operator has named. */
static void
test_nasty (void)
{
  static const struct
  {
    const char *peer, *part;
  } nasty[] = {
      {"../../etc/passwd", ".._.._etc_passwd"},
      {"..", "unknown"},
      {".", "unknown"},
      {"", "unknown"},
      {NULL, "unknown"},
      {"a\nb\x1b[2J", "a_b_[2J"},
      {"back\\slash", "back_slash"},
      {"bl\xc3\xa4h \xe2\x98\x8e", "bl\xc3\xa4h \xe2\x98\x8e"},
      {"\xff", "\xef\xbf\xbd"},
      {"{call-id}", "{call-id}"},
  };
  RecordNameValues values = make_values ();

  for (guint i = 0; i < G_N_ELEMENTS (nasty); i++) {
    g_autofree char *expanded = NULL;
    g_autofree char *wanted = g_strdup_printf ("d/%s.mkv", nasty[i].part);
    values.peer = nasty[i].peer;
    expanded = record_name_expand ("d/{peer}.mkv", &values);
    g_assert_cmpstr (expanded, ==, wanted);
  }
}

static void
test_long (void)
{
  g_autofree char *peer = g_strnfill (5000, 'x');
  RecordNameValues values = make_values ();
  g_autofree char *expanded = NULL;

  values.peer = peer;
  expanded = record_name_expand ("{peer}.mkv", &values);
  g_assert_cmpuint (strlen (expanded), ==, 104);
}

static void
test_segments (void)
{
  static const struct
  {
    const char *template;
    guint segment;
    const char *expanded;
  } rows[] = {
      {"call.mkv", 2, "call-2.mkv"},
      {"call", 3, "call-3"},
      {"a.b/call", 3, "a.b/call-3"},
      {".hidden", 2, ".hidden-2"},
      {"call-{segment}.mkv", 12, "call-00012.mkv"},
  };
  RecordNameValues values = make_values ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *expanded = NULL;
    values.segment = rows[i].segment;
    expanded = record_name_expand (rows[i].template, &values);
    g_assert_cmpstr (expanded, ==, rows[i].expanded);
  }
}

static void
test_check (void)
{
  static const struct
  {
    const char *template, *wrong; /* NULL: none */
  } rows[] = {
      {"call.mkv", NULL},
      {"{peer}{utc}.mkv", NULL},
      {"{peers}.mkv", "{peers}"},
      {"{peer}{", "{"},
      {"{}", "{}"},
      {"{peer-name}{colour}{x}", "{colour}"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *wrong = NULL;
    g_assert_cmpint (record_name_check (rows[i].template, &wrong), ==, rows[i].wrong == NULL);
    g_assert_cmpstr (wrong, ==, rows[i].wrong);
  }
  g_assert_true (record_name_has ("a{track}", "track"));
  g_assert_false (record_name_has ("a{track}", "segment"));
}

static void
test_extension (void)
{
  g_autofree char *plain = record_name_extension ("a.b/call.mkv", "json");
  g_autofree char *same = record_name_extension ("a.b/call.json", "json");
  g_autofree char *none = record_name_extension ("a.b/call", "json");

  g_assert_cmpstr (plain, ==, "a.b/call.json");
  g_assert_cmpstr (none, ==, "a.b/call.json");
  g_assert_cmpstr (same, ==, "a.b/call.json.json"); /* or the manifest would replace the recording */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recordname/templates", test_templates);
  g_test_add_func ("/recordname/nasty", test_nasty);
  g_test_add_func ("/recordname/long", test_long);
  g_test_add_func ("/recordname/segments", test_segments);
  g_test_add_func ("/recordname/check", test_check);
  g_test_add_func ("/recordname/extension", test_extension);
  return g_test_run ();
}
