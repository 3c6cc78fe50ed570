/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/socketio.h"

#include <string.h>

#define PLACEHOLDER(n) "{\"_placeholder\":true,\"num\":" #n "}"

/* One text through a decoder of its own. */
static SocketioPacket *
decode (const char *text, GError **error)
{
  g_autoptr (SocketioDecoder) decoder = socketio_decoder_new (NULL);
  SocketioPacket *packet = NULL;

  gboolean good = socketio_decoder_text (decoder, text, strlen (text), &packet, error);
  g_assert_true (good || packet == NULL);
  return packet;
}

static void
test_good (void)
{
  static const struct
  {
    const char *text;
    SocketioType type;
    const char *nsp;
    gint64 id;
    const char *json;
    const char *written; /* NULL: as it came */
  } cases[] = {
      {"0", SOCKETIO_CONNECT, "/", -1, NULL, NULL},
      {"0{\"token\":\"t\"}", SOCKETIO_CONNECT, "/", -1, "{\"token\":\"t\"}", NULL},
      {"0/custom", SOCKETIO_CONNECT, "/custom", -1, NULL, "0/custom,"},
      {"0/custom,", SOCKETIO_CONNECT, "/custom", -1, NULL, NULL},
      {"0/custom,{\"a\":1}", SOCKETIO_CONNECT, "/custom", -1, "{\"a\":1}", NULL},
      {"0/a?b=c,{}", SOCKETIO_CONNECT, "/a?b=c", -1, "{}", NULL},
      {"0/,{}", SOCKETIO_CONNECT, "/", -1, "{}", "0{}"},
      {"1", SOCKETIO_DISCONNECT, "/", -1, NULL, NULL},
      {"1/custom,", SOCKETIO_DISCONNECT, "/custom", -1, NULL, NULL},
      {"2[\"a\"]", SOCKETIO_EVENT, "/", -1, "[\"a\"]", NULL},
      {"2[\"a\",1,{\"b\":null}]", SOCKETIO_EVENT, "/", -1, "[\"a\",1,{\"b\":null}]", NULL},
      {"20[\"a\"]", SOCKETIO_EVENT, "/", 0, "[\"a\"]", NULL},
      {"2/x,12[\"a\"]", SOCKETIO_EVENT, "/x", 12, "[\"a\"]", NULL},
      {"2999999999999999[\"a\"]", SOCKETIO_EVENT, "/", G_GINT64_CONSTANT (999999999999999), "[\"a\"]", NULL},
      {"2[\"a\"," PLACEHOLDER (0) "]", SOCKETIO_EVENT, "/", -1, "[\"a\"," PLACEHOLDER (0) "]", NULL},
      {"30[]", SOCKETIO_ACK, "/", 0, "[]", NULL},
      {"3/x,5[{\"ok\":true}]", SOCKETIO_ACK, "/x", 5, "[{\"ok\":true}]", NULL},
      {"4{\"message\":\"no\"}", SOCKETIO_CONNECT_ERROR, "/", -1, "{\"message\":\"no\"}", NULL},
      {"4/x,{\"message\":\"Invalid namespace\"}", SOCKETIO_CONNECT_ERROR, "/x", -1,
          "{\"message\":\"Invalid namespace\"}", NULL},
      {"4\"no\"", SOCKETIO_CONNECT_ERROR, "/", -1, "\"no\"", NULL},
      {"50-[\"a\"]", SOCKETIO_BINARY_EVENT, "/", -1, "[\"a\"]", NULL},
      {"60-7[1]", SOCKETIO_BINARY_ACK, "/", 7, "[1]", NULL},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_test_message ("%s", cases[i].text);
    g_autoptr (SocketioPacket) packet = decode (cases[i].text, &error);
    g_assert_no_error (error);
    g_assert_nonnull (packet);
    g_assert_cmpint (packet->type, ==, cases[i].type);
    g_assert_cmpstr (packet->nsp, ==, cases[i].nsp);
    g_assert_cmpint (packet->id, ==, cases[i].id);
    g_assert_cmpstr (packet->json, ==, cases[i].json);
    g_assert_cmpuint (packet->attachments->len, ==, 0);
    g_autofree char *written = socketio_packet_write (packet);
    g_assert_cmpstr (written, ==, cases[i].written != NULL ? cases[i].written : cases[i].text);
  }
}

static void
test_bad (void)
{
  static const struct
  {
    const char *text;
    SocketioError code;
  } cases[] = {
      {"", SOCKETIO_ERROR_SYNTAX},
      {"7", SOCKETIO_ERROR_TYPE},
      {"x", SOCKETIO_ERROR_TYPE},
      {"\xff", SOCKETIO_ERROR_SYNTAX},
      {"0[]", SOCKETIO_ERROR_PAYLOAD},
      {"0\"token\"", SOCKETIO_ERROR_PAYLOAD},
      {"0null", SOCKETIO_ERROR_PAYLOAD},
      {"01{}", SOCKETIO_ERROR_SYNTAX}, /* an ack id where none can be */
      {"1{}", SOCKETIO_ERROR_PAYLOAD},
      {"1[]", SOCKETIO_ERROR_PAYLOAD},
      {"2", SOCKETIO_ERROR_PAYLOAD},
      {"2[]", SOCKETIO_ERROR_PAYLOAD},
      {"2{}", SOCKETIO_ERROR_PAYLOAD},
      {"2[1]", SOCKETIO_ERROR_PAYLOAD},
      {"2[null,1]", SOCKETIO_ERROR_PAYLOAD},
      {"2[[\"a\"]]", SOCKETIO_ERROR_PAYLOAD},
      {"2\"a\"", SOCKETIO_ERROR_PAYLOAD},
      {"2 [\"a\"]", SOCKETIO_ERROR_PAYLOAD},
      {"2[\"a\"", SOCKETIO_ERROR_JSON},
      {"2[\"a\"]x", SOCKETIO_ERROR_JSON},
      {"2[\"a\",\"\\u0000\"]", SOCKETIO_ERROR_JSON},
      {"2-1[\"a\"]", SOCKETIO_ERROR_JSON},
      {"2/custom[\"x\"]", SOCKETIO_ERROR_PAYLOAD}, /* all of it is the namespace */
      {"21000000000000000[\"a\"]", SOCKETIO_ERROR_SYNTAX},
      {"299999999999999999999999999999[\"a\"]", SOCKETIO_ERROR_SYNTAX},
      {"2[\"connect\"]", SOCKETIO_ERROR_RESERVED},
      {"2[\"connect_error\"]", SOCKETIO_ERROR_RESERVED},
      {"2[\"disconnect\"]", SOCKETIO_ERROR_RESERVED},
      {"2[\"disconnecting\"]", SOCKETIO_ERROR_RESERVED},
      {"2[\"newListener\"]", SOCKETIO_ERROR_RESERVED},
      {"2[\"removeListener\"]", SOCKETIO_ERROR_RESERVED},
      {"2[\"\\u0063onnect\"]", SOCKETIO_ERROR_RESERVED},
      {"50-[\"connect\"]", SOCKETIO_ERROR_RESERVED},
      {"3[]", SOCKETIO_ERROR_SYNTAX},
      {"31", SOCKETIO_ERROR_PAYLOAD},
      {"31{}", SOCKETIO_ERROR_PAYLOAD},
      {"4", SOCKETIO_ERROR_PAYLOAD},
      {"4[]", SOCKETIO_ERROR_PAYLOAD},
      {"5[\"a\"]", SOCKETIO_ERROR_ATTACHMENTS},
      {"5-[\"a\"]", SOCKETIO_ERROR_ATTACHMENTS},
      {"51[\"a\"," PLACEHOLDER (0) "]", SOCKETIO_ERROR_ATTACHMENTS},
      {"5x-[\"a\"]", SOCKETIO_ERROR_ATTACHMENTS},
      {"511-[\"a\"]", SOCKETIO_ERROR_ATTACHMENTS},
      {"5999999999999-[\"a\"]", SOCKETIO_ERROR_ATTACHMENTS},
      {"51-[\"a\"]", SOCKETIO_ERROR_ATTACHMENTS},
      {"50-[\"a\"," PLACEHOLDER (0) "]", SOCKETIO_ERROR_ATTACHMENTS},
      {"51-[\"a\"," PLACEHOLDER (1) "]", SOCKETIO_ERROR_ATTACHMENTS},
      {"51-[\"a\"," PLACEHOLDER (-1) "]", SOCKETIO_ERROR_ATTACHMENTS},
      {"51-[\"a\","
       "{\"_placeholder\":true,\"num\":\"0\"}"
       "]",
          SOCKETIO_ERROR_ATTACHMENTS},
      {"51-[\"a\"," PLACEHOLDER (9223372036854775807) "]", SOCKETIO_ERROR_ATTACHMENTS},
      {"52-[\"a\"," PLACEHOLDER (0) "," PLACEHOLDER (0) "]", SOCKETIO_ERROR_ATTACHMENTS},
      {"51-[\"a\"," PLACEHOLDER (0) "," PLACEHOLDER (1) "]", SOCKETIO_ERROR_ATTACHMENTS},
      {"51-[\"a\",{\"_placeholder\":false,\"num\":0}]", SOCKETIO_ERROR_ATTACHMENTS},
      {"51-[\"a\",\"{\\\"_placeholder\\\":true,\\\"num\\\":0}\"]", SOCKETIO_ERROR_ATTACHMENTS},
      {"61-[" PLACEHOLDER (0) "]", SOCKETIO_ERROR_SYNTAX}, /* an ack without an id */
      {"0/a\tb,", SOCKETIO_ERROR_NAMESPACE},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *shown = g_strescape (cases[i].text, NULL);
    g_test_message ("%s", shown);
    g_assert_null (decode (cases[i].text, &error));
    g_assert_error (error, SOCKETIO_ERROR, (int) cases[i].code);
  }
}

static void
feed (SocketioDecoder *decoder, const char *data, gboolean completes, SocketioPacket **packet)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, strlen (data));
  g_autoptr (GError) error = NULL;

  socketio_decoder_binary (decoder, bytes, packet, &error);
  g_assert_no_error (error);
  g_assert_cmpint (*packet != NULL, ==, completes);
}

static void
test_attachments (void)
{
  static const char text[] = "53-/x,9[\"a\",{\"deep\":[{\"num\" : 2, \"_placeholder\" : true}]}," PLACEHOLDER (
      0) ",{\"}\":\"{\"}," PLACEHOLDER (1) "]";
  g_autoptr (SocketioDecoder) decoder = socketio_decoder_new (NULL);
  g_autoptr (GError) error = NULL;
  SocketioPacket *part = NULL;

  for (guint round = 0; round < 2; round++) {
    g_autoptr (SocketioPacket) packet = NULL;
    socketio_decoder_text (decoder, text, strlen (text), &part, &error);
    g_assert_no_error (error);
    g_assert_null (part);
    feed (decoder, "one", FALSE, &part);
    feed (decoder, "", FALSE, &part);
    feed (decoder, "three", TRUE, &packet);
    g_assert_cmpint (packet->type, ==, SOCKETIO_BINARY_EVENT);
    g_assert_cmpstr (packet->nsp, ==, "/x");
    g_assert_cmpint (packet->id, ==, 9);
    g_assert_cmpuint (packet->attachments->len, ==, 3);
    GBytes *last = g_ptr_array_index (packet->attachments, 2);
    g_assert_cmpmem (g_bytes_get_data (last, NULL), g_bytes_get_size (last), "three", 5);
    g_autofree char *written = socketio_packet_write (packet);
    g_assert_cmpstr (written, ==, text);
  }
}

/* Text while binary is due, binary while none is: errors both, and the decoder is as new after them. */
static void
test_order (void)
{
  static const char text[] = "51-[\"a\"," PLACEHOLDER (0) "]";
  g_autoptr (SocketioDecoder) decoder = socketio_decoder_new (NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  SocketioPacket *packet = NULL;

  g_assert_false (socketio_decoder_text (decoder, NULL, 0, &packet, NULL));
  for (guint round = 0; round < 2; round++) {
    g_autoptr (GError) no_text = NULL, no_binary = NULL;
    g_assert_false (socketio_decoder_binary (decoder, bytes, &packet, &no_binary));
    g_assert_error (no_binary, SOCKETIO_ERROR, SOCKETIO_ERROR_ATTACHMENTS);
    g_assert_true (socketio_decoder_text (decoder, text, strlen (text), &packet, NULL));
    g_assert_false (socketio_decoder_text (decoder, "2[\"b\"]", 6, &packet, &no_text));
    g_assert_error (no_text, SOCKETIO_ERROR, SOCKETIO_ERROR_ATTACHMENTS);
    g_assert_null (packet);
  }
}

static void
test_limits (void)
{
  static const SocketioLimits limits = {.max_attachments = 2, .max_attachment_bytes = 10, .max_depth = 2, .max_nsp = 4};
  static const struct
  {
    const char *text;
    int code; /* -1: good */
  } cases[] = {
      {"0/abc", -1}, {"0/abcd", SOCKETIO_ERROR_NAMESPACE}, {"2[\"a\",[]]", -1}, {"2[\"a\",[[]]]", SOCKETIO_ERROR_JSON},
      {"53-[\"a\"]", SOCKETIO_ERROR_ATTACHMENTS},
      {"52-[\"a\"," PLACEHOLDER (0) "," PLACEHOLDER (1) "]", -1}, /* last: leaves two attachments due */
  };
  g_autoptr (SocketioDecoder) decoder = socketio_decoder_new (&limits);
  g_autoptr (GBytes) five = g_bytes_new_static ("12345", 5), six = g_bytes_new_static ("123456", 6);
  g_autoptr (GError) too_large = NULL;
  SocketioPacket *none = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (SocketioPacket) packet = NULL;
    g_autoptr (GError) error = NULL;
    socketio_decoder_text (decoder, cases[i].text, strlen (cases[i].text), &packet, &error);
    g_test_message ("%s", cases[i].text);
    if (cases[i].code < 0)
      g_assert_no_error (error);
    else
      g_assert_error (error, SOCKETIO_ERROR, cases[i].code);
  }
  g_assert_true (socketio_decoder_binary (decoder, five, &none, NULL));
  g_assert_false (socketio_decoder_binary (decoder, six, &none, &too_large));
  g_assert_error (too_large, SOCKETIO_ERROR, SOCKETIO_ERROR_ATTACHMENTS);
}

/* More attachments than we can ever count, whatever the limit says. */
static void
test_capacity (void)
{
  SocketioLimits limits = socketio_limits_default;
  limits.max_attachments = G_MAXUINT;
  g_autoptr (SocketioDecoder) decoder = socketio_decoder_new (&limits);
  SocketioPacket *packet = NULL;
  GString *text = g_string_new ("64-[\"a\"");

  g_string_prepend_c (text, '5');
  for (guint i = 0; i < 64; i++)
    g_string_append_printf (text, ",{\"_placeholder\":true,\"num\":%u}", i);
  g_string_append_c (text, ']');
  g_assert_true (socketio_decoder_text (decoder, text->str, text->len, &packet, NULL));
  for (guint i = 0; i < 64; i++)
    feed (decoder, "x", i == 63, &packet);
  g_assert_cmpuint (packet->attachments->len, ==, 64);
  socketio_packet_free (packet);
  g_assert_false (socketio_decoder_text (decoder, "565-[\"a\"]", 9, &packet, NULL));
  g_string_free (text, TRUE);
}

/* A megabyte of objects, none of them a placeholder, in a packet that may hold some: looked at in one pass. */
static void
test_many_objects (void)
{
  g_autoptr (GString) text = g_string_new ("51-[\"a\"," PLACEHOLDER (0));
  g_autoptr (SocketioDecoder) decoder = socketio_decoder_new (NULL);
  SocketioPacket *packet = NULL;
  g_autoptr (GError) error = NULL;

  while (text->len < 1000000)
    g_string_append (text, ",{\"_placeholder\":[{\"num\":{}}]}");
  g_string_append_c (text, ']');
  socketio_decoder_text (decoder, text->str, text->len, &packet, &error);
  g_assert_no_error (error);
  feed (decoder, "x", TRUE, &packet);
  socketio_packet_free (packet);
}

static void
test_event (void)
{
  static const struct
  {
    const char *name;
    const char *args;
    const char *json;
    const char *split;
  } cases[] = {
      {"a", NULL, "[\"a\"]", "[]"},
      {"a", "", "[\"a\"]", "[]"},
      {"a\"b", "1,{\"c\":[2]}", "[\"a\\\"b\",1,{\"c\":[2]}]", "[1,{\"c\":[2]}]"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (SocketioPacket) packet = socketio_event_new ("/", cases[i].name, cases[i].args, 3);
    g_autofree char *name = NULL, *args = NULL;
    g_assert_cmpstr (packet->json, ==, cases[i].json);
    g_assert_cmpint (packet->id, ==, 3);
    g_assert_true (socketio_event_split (packet, &name, &args));
    g_assert_cmpstr (name, ==, cases[i].name);
    g_assert_cmpstr (args, ==, cases[i].split);
  }
}

static void
test_no_event (void)
{
  static const struct
  {
    SocketioType type;
    const char *json;
  } cases[] = {{SOCKETIO_ACK, "[\"a\"]"}, {SOCKETIO_EVENT, NULL}, {SOCKETIO_EVENT, "[]"}, {SOCKETIO_EVENT, "[1]"},
      {SOCKETIO_EVENT, "{\"a\":\"b\"}"}};

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (SocketioPacket) packet = socketio_packet_new (cases[i].type, NULL, SOCKETIO_NO_ID, cases[i].json);
    char *name = NULL, *args = NULL;
    g_assert_false (socketio_event_split (packet, &name, &args));
    g_assert_null (name);
  }
}

static void
test_args (void)
{
  static const char args[] = " [ {\"a\":[1,2]} , \"x\",3 ]";
  g_autofree char *first = socketio_args_nth (args, 0), *second = socketio_args_nth (args, 1),
                  *third = socketio_args_nth (args, 2);

  g_assert_cmpstr (first, ==, "{\"a\":[1,2]}");
  g_assert_cmpstr (second, ==, "\"x\"");
  g_assert_cmpstr (third, ==, "3");
  g_assert_null (socketio_args_nth (args, 3));
  g_assert_null (socketio_args_nth ("[]", 0));
  g_assert_null (socketio_args_nth ("{\"a\":1}", 0));
  g_assert_null (socketio_args_nth (NULL, 0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/socketio/good", test_good);
  g_test_add_func ("/socketio/bad", test_bad);
  g_test_add_func ("/socketio/attachments", test_attachments);
  g_test_add_func ("/socketio/order", test_order);
  g_test_add_func ("/socketio/limits", test_limits);
  g_test_add_func ("/socketio/capacity", test_capacity);
  g_test_add_func ("/socketio/many-objects", test_many_objects);
  g_test_add_func ("/socketio/event", test_event);
  g_test_add_func ("/socketio/no-event", test_no_event);
  g_test_add_func ("/socketio/args", test_args);
  return g_test_run ();
}
