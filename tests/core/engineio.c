/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/engineio.h"

#include <string.h>

#define MAX_PAYLOAD 1000000

static void
assert_data (const EngineioPacket *packet, EngineioType type, gboolean binary, gconstpointer data, gsize length)
{
  gsize size;
  gconstpointer got = g_bytes_get_data (packet->data, &size);

  g_assert_cmpint (packet->type, ==, type);
  g_assert_cmpint (packet->binary, ==, binary);
  g_assert_cmpmem (got, size, data, length);
}

static void
test_types (void)
{
  static const struct
  {
    const char *text;
    EngineioType type;
    const char *data;
  } cases[] = {
      {"0{\"sid\":\"x\"}", ENGINEIO_OPEN, "{\"sid\":\"x\"}"},
      {"1", ENGINEIO_CLOSE, ""},
      {"2", ENGINEIO_PING, ""},
      {"2probe", ENGINEIO_PING, "probe"},
      {"3", ENGINEIO_PONG, ""},
      {"3probe", ENGINEIO_PONG, "probe"},
      {"4hello", ENGINEIO_MESSAGE, "hello"},
      {"4", ENGINEIO_MESSAGE, ""},
      {"4b64", ENGINEIO_MESSAGE, "b64"},
      {"4\x1e", ENGINEIO_MESSAGE, "\x1e"}, /* joins packets in a polling body only */
      {"4\xf0\x9f\x98\x80", ENGINEIO_MESSAGE, "\xf0\x9f\x98\x80"},
      {"5", ENGINEIO_UPGRADE, ""},
      {"6", ENGINEIO_NOOP, ""},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    gsize length = strlen (cases[i].text);
    g_autoptr (EngineioPacket) packet =
        engineio_packet_parse ((const guint8 *) cases[i].text, length, FALSE, MAX_PAYLOAD, &error);
    g_assert_no_error (error);
    assert_data (packet, cases[i].type, FALSE, cases[i].data, strlen (cases[i].data));
    g_autoptr (GBytes) back = engineio_packet_write (packet);
    g_assert_cmpmem (g_bytes_get_data (back, NULL), g_bytes_get_size (back), cases[i].text, length);
  }
}

static void
test_bad_text (void)
{
  static const struct
  {
    const char *text;
    gsize length;
    EngineioError code;
  } cases[] = {
      {"", 0, ENGINEIO_ERROR_EMPTY},
      {"7", 1, ENGINEIO_ERROR_TYPE},
      {"/", 1, ENGINEIO_ERROR_TYPE},
      {"x", 1, ENGINEIO_ERROR_TYPE},
      {"bAQID", 5, ENGINEIO_ERROR_TYPE}, /* base64 is for polling */
      {" 4", 2, ENGINEIO_ERROR_TYPE},
      {"4\xff", 2, ENGINEIO_ERROR_UTF8},
      {"4\xc3", 2, ENGINEIO_ERROR_UTF8},
      {"4\0x", 3, ENGINEIO_ERROR_UTF8},
      {"4123456789", 10, ENGINEIO_ERROR_TOO_LARGE},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (engineio_packet_parse ((const guint8 *) cases[i].text, cases[i].length, FALSE, 9, &error));
    g_assert_error (error, ENGINEIO_ERROR, (int) cases[i].code);
  }
}

static void
test_binary (void)
{
  static const guint8 data[] = {0, 0x1e, 0xff, '4'};
  g_autoptr (GError) error = NULL;
  g_autoptr (EngineioPacket) packet = engineio_packet_parse (data, sizeof data, TRUE, sizeof data, &error);
  g_assert_no_error (error);
  assert_data (packet, ENGINEIO_MESSAGE, TRUE, data, sizeof data);
  g_autoptr (GBytes) frame = engineio_packet_write (packet);
  g_assert_cmpmem (g_bytes_get_data (frame, NULL), g_bytes_get_size (frame), data, sizeof data);

  g_autoptr (EngineioPacket) empty = engineio_packet_parse (data, 0, TRUE, MAX_PAYLOAD, &error);
  g_assert_no_error (error);
  assert_data (empty, ENGINEIO_MESSAGE, TRUE, "", 0);
  g_assert_null (engineio_packet_parse (data, sizeof data, TRUE, sizeof data - 1, &error));
  g_assert_error (error, ENGINEIO_ERROR, ENGINEIO_ERROR_TOO_LARGE);
}

static void
test_payload_round_trip (void)
{
  static const guint8 data[] = {1, 2, 3};
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, sizeof data);
  g_autoptr (GBytes) nothing = g_bytes_new_static (NULL, 0);
  g_autoptr (EngineioPacket) text = engineio_packet_new (ENGINEIO_MESSAGE, "hello");
  g_autoptr (EngineioPacket) binary = engineio_packet_new_binary (bytes);
  g_autoptr (EngineioPacket) empty = engineio_packet_new_binary (nothing);
  g_autoptr (EngineioPacket) ping = engineio_packet_new (ENGINEIO_PING, NULL);
  const EngineioPacket *packets[] = {text, binary, ping, empty};
  g_autoptr (GString) payload = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (packets); i++)
    engineio_payload_append (payload, packets[i]);
  g_assert_cmpstr (payload->str, ==,
      "4hello\x1e"
      "bAQID\x1e"
      "2\x1e"
      "b");

  g_autoptr (GPtrArray) back = engineio_payload_parse (payload->str, payload->len, payload->len, 4, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (back->len, ==, 4);
  assert_data (g_ptr_array_index (back, 0), ENGINEIO_MESSAGE, FALSE, "hello", 5);
  assert_data (g_ptr_array_index (back, 1), ENGINEIO_MESSAGE, TRUE, data, 3);
  assert_data (g_ptr_array_index (back, 2), ENGINEIO_PING, FALSE, "", 0);
  assert_data (g_ptr_array_index (back, 3), ENGINEIO_MESSAGE, TRUE, "", 0);
}

static void
test_bad_payload (void)
{
  static const struct
  {
    const char *text;
    EngineioError code;
  } cases[] = {
      {"", ENGINEIO_ERROR_EMPTY},
      {"\x1e", ENGINEIO_ERROR_EMPTY},
      {"4a\x1e", ENGINEIO_ERROR_EMPTY},
      {"\x1e"
       "4a",
          ENGINEIO_ERROR_EMPTY},
      {"4a\x1e\x1e"
       "4b",
          ENGINEIO_ERROR_EMPTY},
      {"4a\x1e"
       "9",
          ENGINEIO_ERROR_TYPE},
      {"abc", ENGINEIO_ERROR_TYPE},
      {"bA", ENGINEIO_ERROR_BASE64},
      {"bAQI", ENGINEIO_ERROR_BASE64},
      {"bAQ I", ENGINEIO_ERROR_BASE64},
      {"bAQI=\n", ENGINEIO_ERROR_BASE64},
      {"bA===", ENGINEIO_ERROR_BASE64},
      {"bAR==", ENGINEIO_ERROR_BASE64},
      {"4\xff", ENGINEIO_ERROR_UTF8},
      {"41\x1e"
       "42\x1e"
       "43\x1e"
       "44",
          ENGINEIO_ERROR_TOO_MANY},
      {"4123456789abcdef0", ENGINEIO_ERROR_TOO_LARGE},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_test_message ("case %u", i);
    g_assert_null (engineio_payload_parse (cases[i].text, strlen (cases[i].text), 16, 3, &error));
    g_assert_error (error, ENGINEIO_ERROR, (int) cases[i].code);
  }
}

/* An empty GBytes has NULL data. */
static void
test_nothing (void)
{
  EngineioHandshake handshake = {0};

  g_assert_null (engineio_packet_parse (NULL, 0, FALSE, MAX_PAYLOAD, NULL));
  g_assert_null (engineio_payload_parse (NULL, 0, MAX_PAYLOAD, 1, NULL));
  g_assert_false (engineio_handshake_parse (NULL, 0, &handshake, NULL));
  g_autoptr (EngineioPacket) binary = engineio_packet_parse (NULL, 0, TRUE, MAX_PAYLOAD, NULL);
  g_assert_cmpuint (g_bytes_get_size (binary->data), ==, 0);
}

/* A body of separators alone is refused at its first packet, whatever its size. */
static void
test_payload_of_separators (void)
{
  g_autofree char *text = g_strnfill (MAX_PAYLOAD, '\x1e');
  g_autoptr (GError) error = NULL;

  g_assert_null (engineio_payload_parse (text, MAX_PAYLOAD, MAX_PAYLOAD, G_MAXUINT, &error));
  g_assert_error (error, ENGINEIO_ERROR, ENGINEIO_ERROR_EMPTY);
}

static void
test_handshake (void)
{
  EngineioHandshake handshake = {(char *) "a\"b", TRUE, 25000, 20000, 1000000}, back = {0};
  g_autofree char *json = engineio_handshake_write (&handshake);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (json, ==,
      "{\"sid\":\"a\\\"b\",\"upgrades\":[\"websocket\"],\"pingInterval\":25000,\"pingTimeout\":20000,"
      "\"maxPayload\":1000000}");
  engineio_handshake_parse (json, strlen (json), &back, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (back.sid, ==, "a\"b");
  g_assert_true (back.upgrade_websocket);
  g_assert_cmpuint (back.ping_interval_ms, ==, 25000);
  g_assert_cmpuint (back.ping_timeout_ms, ==, 20000);
  g_assert_cmpuint (back.max_payload, ==, 1000000);
  engineio_handshake_clear (&back);
  g_assert_null (back.sid);

  handshake.upgrade_websocket = FALSE;
  g_autofree char *without = engineio_handshake_write (&handshake);
  g_assert_nonnull (strstr (without, "\"upgrades\":[]"));
}

static void
test_handshake_of_others (void)
{
  static const char old[] =
      " {\"pingTimeout\":1,\"pingInterval\":2,\"new\":{\"x\":[]},\"upgrades\":[\"webtransport\"],\"sid\":\"s\"}";
  EngineioHandshake handshake = {0};

  g_assert_true (engineio_handshake_parse (old, strlen (old), &handshake, NULL));
  g_assert_cmpstr (handshake.sid, ==, "s");
  g_assert_false (handshake.upgrade_websocket);
  g_assert_cmpuint (handshake.max_payload, ==, 1000000); /* servers before maxPayload */
  engineio_handshake_clear (&handshake);
}

static void
test_bad_handshake (void)
{
  static const char *const bad[] = {
      "",
      "[]",
      "1",
      "{}",
      "{\"sid\":\"x\"}",
      "{\"sid\":\"x\",\"pingInterval\":1}",
      "{\"sid\":\"\",\"pingInterval\":1,\"pingTimeout\":1}",
      "{\"sid\":1,\"pingInterval\":1,\"pingTimeout\":1}",
      "{\"sid\":\"x\",\"pingInterval\":0,\"pingTimeout\":1}",
      "{\"sid\":\"x\",\"pingInterval\":-1,\"pingTimeout\":1}",
      "{\"sid\":\"x\",\"pingInterval\":1.5,\"pingTimeout\":1}",
      "{\"sid\":\"x\",\"pingInterval\":\"1\",\"pingTimeout\":1}",
      "{\"sid\":\"x\",\"pingInterval\":99999999999,\"pingTimeout\":1}",
      "{\"sid\":\"x\",\"pingInterval\":1,\"pingTimeout\":1,\"upgrades\":\"websocket\"}",
      "{\"sid\":\"x\",\"pingInterval\":1,\"pingTimeout\":1,\"maxPayload\":null}",
      "{\"sid\":\"x\",\"sid\":\"y\",\"pingInterval\":1,\"pingTimeout\":1,\"maxPayload\":[]}",
      "{\"sid\":\"x\",\"pingInterval\":1,\"pingTimeout\":1}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    EngineioHandshake handshake = {0};
    g_test_message ("%s", bad[i]);
    g_assert_false (engineio_handshake_parse (bad[i], strlen (bad[i]), &handshake, &error));
    g_assert_error (error, ENGINEIO_ERROR, ENGINEIO_ERROR_HANDSHAKE);
    g_assert_null (handshake.sid);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engineio/types", test_types);
  g_test_add_func ("/engineio/bad-text", test_bad_text);
  g_test_add_func ("/engineio/binary", test_binary);
  g_test_add_func ("/engineio/payload/round-trip", test_payload_round_trip);
  g_test_add_func ("/engineio/payload/bad", test_bad_payload);
  g_test_add_func ("/engineio/nothing", test_nothing);
  g_test_add_func ("/engineio/payload/separators", test_payload_of_separators);
  g_test_add_func ("/engineio/handshake", test_handshake);
  g_test_add_func ("/engineio/handshake/of-others", test_handshake_of_others);
  g_test_add_func ("/engineio/handshake/bad", test_bad_handshake);
  return g_test_run ();
}
