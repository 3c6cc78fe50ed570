/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/call/calluri.h"

typedef struct
{
  const char *text;
  const char *server; /* NULL: refused */
  const char *peer, *call_id, *call_type, *session;
} Case;

static const Case cases[] = {
    {"call://127.0.0.1:8080/bob", .server = "http://127.0.0.1:8080", .peer = "bob"},
    {"calls://calls.example/bob", .server = "https://calls.example", .peer = "bob"},
    {"call://[::1]:8080/bob", .server = "http://[::1]:8080", .peer = "bob"},
    {"call://h/Bob%20B", .server = "http://h", .peer = "Bob B"},
    {"call://h/bob?call-type=video", .server = "http://h", .peer = "bob", .call_type = "video"},
    {"call://h/bob?session=two&call-type=audio", .server = "http://h", .peer = "bob", .call_type = "audio",
        .session = "two"},
    {"call://h/call/2fed5aa7", .server = "http://h", .call_id = "2fed5aa7"},
    {"call://h", NULL},
    {"call://h/", NULL},
    {"call://h/call/", NULL},
    {"call://h/bob/carol", NULL},
    {"call:///bob", NULL},
    {"call:bob", NULL},
    {"http://h/bob", NULL},
    {"", NULL},
};

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CallUri) uri = call_uri_parse (c->text, &error);

  if (c->server == NULL) {
    g_assert_null (uri);
    g_assert_error (error, GST_URI_ERROR, GST_URI_ERROR_BAD_URI);
    return;
  }
  g_assert_no_error (error);
  g_assert_cmpstr (uri->server, ==, c->server);
  g_assert_cmpstr (uri->peer, ==, c->peer);
  g_assert_cmpstr (uri->call_id, ==, c->call_id);
  g_assert_cmpstr (uri->call_type, ==, c->call_type);
  g_assert_cmpstr (uri->session, ==, c->session);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/calluri/%u", i);
    g_test_add_data_func (path, &cases[i], test_case);
  }
  return g_test_run ();
}
