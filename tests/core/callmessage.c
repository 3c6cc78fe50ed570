/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/callmessage.h"

#include <string.h>

#define USER_A "{\"_id\":\"a1\",\"username\":\"alice\",\"fullName\":\"Alice \xc3\x85\",\"avatar\":null}"
#define USER_B "{\"_id\":\"b1\",\"username\":\"bob\",\"fullName\":\"Bob\",\"avatar\":\"https://x/b.png\"}"
#define MEDIA "\"media\":{\"mode\":\"direct\",\"offer\":true}"
#define ICE                                                                                                            \
  "\"iceServers\":[{\"urls\":[\"stun:s:1\"]},{\"urls\":[\"turn:t:2\",\"turns:t:3\"],\"username\":\"9:a1\","            \
  "\"credential\":\"c\"}]"

static CallMessage *
parse (CallMessageType type, const char *json, GError **error)
{
  /* A block of its own size, without a NUL. */
  gsize length = strlen (json);
  g_autofree char *exact = g_memdup2 (json, length);
  CallMessage *message = call_message_parse (type, exact, length, error);

  g_assert_true (message == NULL || message->type == type);
  return message;
}

/* Every message in its full form: read, copied and written it is what it was. */
static const struct
{
  CallMessageType type;
  const char *name;
  const char *json;
} full[] = {
    {CALL_MESSAGE_INCOMING_CALL, "incoming-call",
        "{\"callId\":\"c1\",\"channelName\":\"call_x\",\"callType\":\"video\",\"caller\":" USER_A "," MEDIA "," ICE
        "}"},
    {CALL_MESSAGE_CALL_ACCEPTED, "call-accepted",
        "{\"callId\":\"c1\",\"channelName\":\"call_x\",\"by\":\"b1\"," MEDIA "," ICE "}"},
    {CALL_MESSAGE_CALL_REJECTED, "call-rejected",
        "{\"callId\":\"c1\",\"reason\":\"declined\",\"message\":\"in a \\\"meeting\\\"\"}"},
    {CALL_MESSAGE_CALL_ENDED, "call-ended",
        "{\"callId\":\"c1\",\"endedBy\":\"b1\",\"reason\":\"hangup\",\"duration\":61}"},
    {CALL_MESSAGE_USER_BUSY, "user-busy", "{\"callId\":\"c1\",\"userId\":\"b1\"}"},
    {CALL_MESSAGE_USER_OFFLINE, "user-offline", "{\"callId\":\"c1\",\"userId\":\"b1\"}"},
    {CALL_MESSAGE_USER_STATUS, "user-status",
        "{\"userId\":\"b1\",\"online\":true,\"lastSeen\":\"2026-11-22T18:00:00Z\"}"},
    {CALL_MESSAGE_CALL_MEDIA, "call-media", "{\"callId\":\"c1\",\"media\":{\"mode\":\"node\",\"offer\":false}}"},
    {CALL_MESSAGE_CALL_SIGNAL, "call-signal",
        "{\"callId\":\"c1\",\"from\":\"a1\",\"description\":{\"type\":\"offer\",\"sdp\":\"v=0\\r\\n\"}}"},
    {CALL_MESSAGE_CALL_SIGNAL, "call-signal",
        "{\"callId\":\"c1\",\"candidate\":{\"candidate\":\"candidate:1 1 UDP 2 1.2.3.4 5 typ "
        "host\",\"sdpMid\":\"audio0\","
        "\"sdpMLineIndex\":1}}"},
    {CALL_MESSAGE_CALL_SIGNAL, "call-signal",
        "{\"callId\":\"c1\",\"candidate\":{\"candidate\":\"\",\"sdpMLineIndex\":0}}"},
    {CALL_MESSAGE_CALL_SIGNAL, "call-signal", "{\"callId\":\"c1\",\"renegotiate\":true}"},
    {CALL_MESSAGE_CALL_QUALITY, "call-quality",
        "{\"callId\":\"c1\",\"from\":\"a1\",\"mos\":4.5,\"rtp\":[{\"lost\":1}]}"},
    {CALL_MESSAGE_CALL_START, "call-start", "{\"callType\":\"video\",\"targetUserId\":\"b1\"}"},
    {CALL_MESSAGE_CALL_ACCEPT, "call-accept", "{\"callId\":\"c1\"}"},
    {CALL_MESSAGE_CALL_REJECT, "call-reject", "{\"callId\":\"c1\",\"reason\":\"declined\",\"message\":\"later\"}"},
    {CALL_MESSAGE_CALL_END, "call-end", "{\"callId\":\"c1\"}"},
    {CALL_MESSAGE_CALL_ACTIVE, "call-active", "{}"},
    {CALL_MESSAGE_CALL_ACTIVE, "call-active", "{\"callId\":\"c1\"}"},
    {CALL_MESSAGE_ANSWER, "answer",
        "{\"ok\":true,\"callId\":\"c1\",\"channelName\":\"call_x\",\"callType\":\"audio\",\"status\":\"calling\"," MEDIA
        "," ICE "}"},
    {CALL_MESSAGE_ANSWER, "answer", "{\"ok\":true,\"callId\":\"c1\",\"status\":\"ended\",\"duration\":0}"},
    {CALL_MESSAGE_ANSWER, "answer",
        "{\"ok\":false,\"callId\":\"c1\",\"message\":\"User is busy\",\"code\":\"user-busy\"}"},
    {CALL_MESSAGE_ANSWER, "answer", "{\"ok\":true,\"calls\":[]}"},
    {CALL_MESSAGE_ANSWER, "answer",
        "{\"ok\":true,\"calls\":[{\"_id\":\"c1\",\"callId\":\"c1\",\"channelName\":\"call_x\",\"callType\":\"video\","
        "\"status\":\"active\",\"caller\":" USER_A ",\"receiver\":" USER_B ",\"duration\":7," MEDIA "}]}"},
};

static void
test_round_trip (void)
{
  gboolean seen[CALL_MESSAGE_COUNT] = {0};

  for (guint i = 0; i < G_N_ELEMENTS (full); i++) {
    g_autoptr (GError) error = NULL;
    g_test_message ("%s", full[i].json);
    g_autoptr (CallMessage) message = parse (full[i].type, full[i].json, &error);
    g_assert_no_error (error);
    g_autofree char *written = call_message_write (message);
    g_assert_cmpstr (written, ==, full[i].json);
    g_autoptr (CallMessage) copy = call_message_copy (message);
    g_clear_pointer (&message, call_message_free);
    g_autofree char *of_copy = call_message_write (copy);
    g_assert_cmpstr (of_copy, ==, full[i].json);
    g_assert_cmpstr (call_message_type_to_string (full[i].type), ==, full[i].name);
    seen[full[i].type] = TRUE;
  }
  for (guint type = 0; type < CALL_MESSAGE_COUNT; type++)
    g_assert_true (seen[type]);
}

static void
test_fields (void)
{
  g_autoptr (CallMessage) call = parse (CALL_MESSAGE_INCOMING_CALL, full[0].json, NULL);

  g_assert_cmpstr (call->call_id, ==, "c1");
  g_assert_cmpstr (call->channel_name, ==, "call_x");
  g_assert_cmpstr (call->call_type, ==, "video");
  g_assert_cmpstr (call->caller.id, ==, "a1");
  g_assert_cmpstr (call->caller.username, ==, "alice");
  g_assert_cmpstr (call->caller.full_name, ==, "Alice \xc3\x85");
  g_assert_null (call->caller.avatar);
  g_assert_null (call->receiver.id);
  g_assert_true (call->has_media);
  g_assert_true (call->offer);
  g_assert_cmpstr (call->media_mode, ==, "direct");
  g_assert_cmpuint (call->ice_servers->len, ==, 2);
  const CallIceServer *turn = g_ptr_array_index (call->ice_servers, 1);
  g_assert_cmpstr (turn->urls[1], ==, "turns:t:3");
  g_assert_null (turn->urls[2]);
  g_assert_cmpstr (turn->username, ==, "9:a1");
  g_assert_cmpstr (turn->credential, ==, "c");
}

static void
test_signals (void)
{
  static const char browser[] = "{\"callId\":\"c1\",\"candidate\":{\"candidate\":\"candidate:1\",\"sdpMid\":\"0\","
                                "\"sdpMLineIndex\":3,\"usernameFragment\":\"x\"},\"description\":null}";
  static const char no_index[] =
      "{\"callId\":\"c1\",\"candidate\":{\"candidate\":\"candidate:1\",\"sdpMid\":\"0\",\"sdpMLineIndex\":null}}";
  g_autoptr (CallMessage) first = parse (CALL_MESSAGE_CALL_SIGNAL, browser, NULL);
  g_autoptr (CallMessage) second = parse (CALL_MESSAGE_CALL_SIGNAL, no_index, NULL);

  g_assert_cmpint (first->signal.kind, ==, CALL_SIGNAL_CANDIDATE);
  g_assert_cmpstr (first->signal.candidate, ==, "candidate:1");
  g_assert_cmpstr (first->signal.sdp_mid, ==, "0");
  g_assert_cmpuint (first->signal.sdp_mline_index, ==, 3);
  g_assert_null (first->from);
  g_assert_cmpuint (second->signal.sdp_mline_index, ==, 0);
}

static void
test_ice_urls (void)
{
  static const char json[] =
      "{\"iceServers\":[{\"urls\":\"stun:a\"},{\"urls\":[\"turn:b\"],\"username\":null,\"x\":1}]}";
  g_autoptr (CallMessage) answer = parse (CALL_MESSAGE_ANSWER, json, NULL);
  const CallIceServer *one = g_ptr_array_index (answer->ice_servers, 0),
                      *two = g_ptr_array_index (answer->ice_servers, 1);

  g_assert_cmpstr (one->urls[0], ==, "stun:a");
  g_assert_null (one->urls[1]);
  g_assert_cmpstr (two->urls[0], ==, "turn:b");
  g_assert_null (two->username);
}

static void
test_start_default (void)
{
  g_autoptr (CallMessage) start = parse (CALL_MESSAGE_CALL_START, "{\"targetUserId\":\"b1\"}", NULL);

  g_assert_cmpstr (start->user_id, ==, "b1");
  g_assert_cmpstr (start->call_type, ==, "audio");
}

static void
test_quality (void)
{
  g_autoptr (CallMessage) quality = parse (CALL_MESSAGE_CALL_QUALITY, "{\"mos\":1.5,\"callId\":\"c1\"}", NULL);

  g_assert_cmpstr (quality->quality, ==, "{\"mos\":1.5,\"callId\":\"c1\"}");
  /* The server says who it is from, and a sender cannot. */
  quality->from = g_strdup ("a1");
  g_autofree char *written = call_message_write (quality);
  g_assert_cmpstr (written, ==, "{\"callId\":\"c1\",\"from\":\"a1\",\"mos\":1.5}");

  g_autoptr (CallMessage) empty = call_message_new (CALL_MESSAGE_CALL_QUALITY);
  empty->call_id = g_strdup ("c1");
  empty->quality = g_strdup ("[1]");
  g_autofree char *without = call_message_write (empty);
  g_assert_cmpstr (without, ==, "{\"callId\":\"c1\"}");
}

/* An ack says ok; REST says success:false or nothing. */
static void
test_answers (void)
{
  static const struct
  {
    const char *json;
    gboolean ok;
    const char *code;
    const char *message;
    int calls; /* -1: none */
  } cases[] = {
      {"{}", TRUE, NULL, NULL, -1},
      {"", TRUE, NULL, NULL, -1},
      {"{\"ok\":true}", TRUE, NULL, NULL, -1},
      {"{\"ok\":false,\"code\":\"no\",\"message\":\"No\"}", FALSE, "no", "No", -1},
      {"{\"success\":false,\"message\":\"Call not found\",\"code\":\"call-not-found\"}", FALSE, "call-not-found",
          "Call not found", -1},
      {"{\"success\":false,\"message\":\"No\"}", FALSE, NULL, "No", -1},
      {"{\"success\":true,\"callId\":\"c1\"}", TRUE, NULL, NULL, -1},
      {"{\"callId\":\"c1\",\"status\":\"active\"}", TRUE, NULL, NULL, -1},
      {"[]", TRUE, NULL, NULL, 0},
      {"[{\"_id\":\"c1\",\"caller\":" USER_A ",\"receiver\":" USER_B
       ",\"status\":\"active\",\"callType\":\"audio\",\"channelName\":\"x\",\"endReason\":null}]",
          TRUE, NULL, NULL, 1},
      {"{\"ok\":true,\"calls\":[{\"callId\":\"c1\",\"caller\":" USER_A ",\"receiver\":" USER_B
       ",\"status\":\"calling\",\"callType\":\"video\",\"channelName\":\"x\"}]}",
          TRUE, NULL, NULL, 1},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_test_message ("%s", cases[i].json);
    g_autoptr (CallMessage) answer = parse (CALL_MESSAGE_ANSWER, cases[i].json, &error);
    g_assert_no_error (error);
    g_assert_cmpint (answer->ok, ==, cases[i].ok);
    g_assert_cmpstr (answer->code, ==, cases[i].code);
    g_assert_cmpstr (answer->message, ==, cases[i].message);
    g_assert_cmpint (answer->calls != NULL ? (int) answer->calls->len : -1, ==, cases[i].calls);
    if (cases[i].calls < 1)
      continue;
    const CallMessage *call = g_ptr_array_index (answer->calls, 0);
    g_assert_cmpint (call->type, ==, CALL_MESSAGE_CALL_ACTIVE);
    g_assert_cmpstr (call->call_id, ==, "c1");
    g_assert_cmpstr (call->receiver.username, ==, "bob");
  }
}

#define SIGNAL(rest) "{\"callId\":\"c1\"," rest "}"
#define CALL(rest) "[{\"callId\":\"c1\",\"callType\":\"audio\",\"channelName\":\"x\",\"status\":\"active\"" rest "}]"

static const struct
{
  CallMessageType type;
  const char *json;
  CallMessageError code;
} bad[] = {
    {CALL_MESSAGE_CALL_END, "{", CALL_MESSAGE_ERROR_JSON},
    {CALL_MESSAGE_CALL_END, "{\"callId\":\"c1\"}}", CALL_MESSAGE_ERROR_JSON},
    {CALL_MESSAGE_CALL_END, "{\"callId\":\"\\u0000\"}", CALL_MESSAGE_ERROR_JSON},
    {CALL_MESSAGE_CALL_END, "var a = {\"callId\":\"c1\"};", CALL_MESSAGE_ERROR_JSON},
    {CALL_MESSAGE_CALL_END, "[]", CALL_MESSAGE_ERROR_JSON},
    {CALL_MESSAGE_CALL_END, "\"c1\"", CALL_MESSAGE_ERROR_JSON},
    {CALL_MESSAGE_CALL_END, "null", CALL_MESSAGE_ERROR_JSON},
    {CALL_MESSAGE_ANSWER, "1", CALL_MESSAGE_ERROR_JSON},
    {CALL_MESSAGE_CALL_END, "", CALL_MESSAGE_ERROR_MISSING},
    {CALL_MESSAGE_CALL_END, "{}", CALL_MESSAGE_ERROR_MISSING},
    {CALL_MESSAGE_CALL_END, "{\"callId\":null}", CALL_MESSAGE_ERROR_MISSING},
    {CALL_MESSAGE_CALL_END, "{\"callId\":1}", CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_CALL_END, "{\"callId\":\"\"}", CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_CALL_END, "{\"callId\":[\"c1\"]}", CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_CALL_START, "{\"callType\":\"audio\"}", CALL_MESSAGE_ERROR_MISSING},
    {CALL_MESSAGE_CALL_START, "{\"targetUserId\":\"b1\",\"callType\":\"fax\"}", CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_CALL_START, "{\"targetUserId\":\"b1\",\"callType\":\"\"}", CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_CALL_START, "{\"targetUserId\":{}}", CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_CALL_REJECT, "{\"callId\":\"c1\",\"reason\":5}", CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_CALL_ENDED, "{\"callId\":\"c1\",\"reason\":\"hangup\"}", CALL_MESSAGE_ERROR_MISSING},
    {CALL_MESSAGE_CALL_ENDED, "{\"callId\":\"c1\",\"reason\":\"hangup\",\"duration\":-1}", CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_CALL_ENDED, "{\"callId\":\"c1\",\"reason\":\"hangup\",\"duration\":1.5}", CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_CALL_ENDED, "{\"callId\":\"c1\",\"reason\":\"x\",\"duration\":\"1\"}", CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_USER_STATUS, "{\"userId\":\"b1\"}", CALL_MESSAGE_ERROR_MISSING},
    {CALL_MESSAGE_USER_STATUS, "{\"userId\":\"b1\",\"online\":1}", CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_USER_STATUS, "{\"userId\":\"b1\",\"online\":\"true\"}", CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_CALL_MEDIA, "{\"callId\":\"c1\"}", CALL_MESSAGE_ERROR_MISSING},
    {CALL_MESSAGE_CALL_MEDIA, "{\"callId\":\"c1\",\"media\":{}}", CALL_MESSAGE_ERROR_MISSING},
    {CALL_MESSAGE_CALL_MEDIA, "{\"callId\":\"c1\",\"media\":{\"offer\":true}}", CALL_MESSAGE_ERROR_MISSING},
    {CALL_MESSAGE_CALL_MEDIA, "{\"callId\":\"c1\",\"media\":{\"mode\":\"direct\",\"offer\":1}}",
        CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_CALL_MEDIA, "{\"callId\":\"c1\",\"media\":{\"mode\":1,\"offer\":true}}", CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_CALL_MEDIA, "{\"callId\":\"c1\",\"media\":[]}", CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_INCOMING_CALL, "{\"callId\":\"c1\",\"channelName\":\"x\",\"callType\":\"audio\"}",
        CALL_MESSAGE_ERROR_MISSING},
    {CALL_MESSAGE_INCOMING_CALL, "{\"callId\":\"c1\",\"channelName\":\"x\",\"callType\":\"audio\",\"caller\":\"a1\"}",
        CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_INCOMING_CALL,
        "{\"callId\":\"c1\",\"channelName\":\"x\",\"callType\":\"audio\",\"caller\":{\"username\":\"a\"}}",
        CALL_MESSAGE_ERROR_MISSING},
    {CALL_MESSAGE_CALL_SIGNAL, "{\"callId\":\"c1\"}", CALL_MESSAGE_ERROR_MISSING},
    {CALL_MESSAGE_CALL_SIGNAL, "{\"renegotiate\":true}", CALL_MESSAGE_ERROR_MISSING},
    {CALL_MESSAGE_CALL_SIGNAL, SIGNAL ("\"candidate\":null"), CALL_MESSAGE_ERROR_MISSING},
    {CALL_MESSAGE_CALL_SIGNAL, SIGNAL ("\"renegotiate\":true,\"candidate\":{\"candidate\":\"\"}"),
        CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_CALL_SIGNAL, SIGNAL ("\"renegotiate\":false"), CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_CALL_SIGNAL, SIGNAL ("\"renegotiate\":1"), CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_CALL_SIGNAL, SIGNAL ("\"candidate\":\"candidate:1\""), CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_CALL_SIGNAL, SIGNAL ("\"candidate\":{}"), CALL_MESSAGE_ERROR_MISSING},
    {CALL_MESSAGE_CALL_SIGNAL, SIGNAL ("\"candidate\":{\"candidate\":\"candidate:1\"}"), CALL_MESSAGE_ERROR_MISSING},
    {CALL_MESSAGE_CALL_SIGNAL, SIGNAL ("\"candidate\":{\"candidate\":1,\"sdpMid\":\"0\"}"), CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_CALL_SIGNAL, SIGNAL ("\"candidate\":{\"candidate\":\"c\",\"sdpMLineIndex\":-1}"),
        CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_CALL_SIGNAL, SIGNAL ("\"candidate\":{\"candidate\":\"c\",\"sdpMLineIndex\":65536}"),
        CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_CALL_SIGNAL, SIGNAL ("\"candidate\":{\"candidate\":\"c\",\"sdpMLineIndex\":\"0\"}"),
        CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_CALL_SIGNAL, SIGNAL ("\"candidate\":{\"candidate\":\"c\",\"sdpMid\":0}"), CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_CALL_SIGNAL, SIGNAL ("\"description\":\"v=0\""), CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_CALL_SIGNAL, SIGNAL ("\"description\":{\"type\":\"offer\"}"), CALL_MESSAGE_ERROR_MISSING},
    {CALL_MESSAGE_CALL_SIGNAL, SIGNAL ("\"description\":{\"sdp\":\"v=0\"}"), CALL_MESSAGE_ERROR_MISSING},
    {CALL_MESSAGE_CALL_SIGNAL, SIGNAL ("\"description\":{\"type\":\"offer\",\"sdp\":\"\"}"),
        CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_CALL_SIGNAL, SIGNAL ("\"description\":{\"type\":\"rollback\",\"sdp\":\"v=0\"}"),
        CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_ANSWER, "{\"ok\":1}", CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_ANSWER, "{\"success\":\"no\"}", CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_ANSWER, "{\"iceServers\":{}}", CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_ANSWER, "{\"iceServers\":[1]}", CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_ANSWER, "{\"iceServers\":[{}]}", CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_ANSWER, "{\"iceServers\":[{\"urls\":[]}]}", CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_ANSWER, "{\"iceServers\":[{\"urls\":[\"stun:a\",1]}]}", CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_ANSWER, "{\"iceServers\":[{\"urls\":\"\"}]}", CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_ANSWER, "{\"iceServers\":[{\"urls\":\"turn:a\",\"credential\":1}]}", CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_ANSWER, "{\"calls\":{}}", CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_ANSWER, "[1]", CALL_MESSAGE_ERROR_INVALID},
    {CALL_MESSAGE_ANSWER, "[{}]", CALL_MESSAGE_ERROR_MISSING},
    {CALL_MESSAGE_ANSWER, CALL (",\"caller\":" USER_A), CALL_MESSAGE_ERROR_MISSING},
    {CALL_MESSAGE_ANSWER, CALL (",\"caller\":" USER_A ",\"receiver\":{}"), CALL_MESSAGE_ERROR_MISSING},
    {CALL_MESSAGE_ANSWER,
        "[{\"callType\":\"audio\",\"channelName\":\"x\",\"status\":\"active\",\"caller\":" USER_A
        ",\"receiver\":" USER_B "}]",
        CALL_MESSAGE_ERROR_MISSING},
};

static void
test_bad (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_test_message ("%s %s", call_message_type_to_string (bad[i].type), bad[i].json);
    g_assert_null (parse (bad[i].type, bad[i].json, &error));
    g_assert_error (error, CALL_MESSAGE_ERROR, (int) bad[i].code);
    g_assert_null (parse (bad[i].type, bad[i].json, NULL));
  }
}

/* @format has one %s. What is of the greatest size passes, one byte more does not. */
static void
check_size_limit (CallMessageType type, const char *head, gsize max, const char *tail)
{
  for (gsize extra = 0; extra < 2; extra++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *text = g_strnfill (max + extra, 'x');
    g_autofree char *json = g_strconcat (head, text, tail, NULL);
    g_autoptr (CallMessage) message = parse (type, json, &error);
    g_assert_cmpint (message != NULL, ==, extra == 0);
    if (extra == 0)
      g_assert_no_error (error);
    else
      g_assert_error (error, CALL_MESSAGE_ERROR, CALL_MESSAGE_ERROR_INVALID);
  }
}

static void
test_sizes (void)
{
  check_size_limit (CALL_MESSAGE_CALL_END, "{\"callId\":\"", CALL_MESSAGE_MAX_ID, "\"}");
  check_size_limit (CALL_MESSAGE_CALL_START, "{\"targetUserId\":\"", CALL_MESSAGE_MAX_ID, "\"}");
  check_size_limit (CALL_MESSAGE_CALL_REJECT, "{\"callId\":\"c\",\"message\":\"", CALL_MESSAGE_MAX_TEXT, "\"}");
  check_size_limit (CALL_MESSAGE_CALL_SIGNAL, "{\"callId\":\"c\",\"description\":{\"type\":\"offer\",\"sdp\":\"",
      CALL_MESSAGE_MAX_SDP, "\"}}");
  check_size_limit (CALL_MESSAGE_CALL_SIGNAL, "{\"callId\":\"c\",\"candidate\":{\"sdpMid\":\"0\",\"candidate\":\"",
      CALL_MESSAGE_MAX_CANDIDATE, "\"}}");
  check_size_limit (CALL_MESSAGE_CALL_QUALITY, "{\"callId\":\"c\",\"x\":\"", CALL_MESSAGE_MAX_QUALITY - 21, "\"}");
  check_size_limit (CALL_MESSAGE_ANSWER, "{\"iceServers\":[{\"urls\":\"", CALL_MESSAGE_MAX_TEXT, "\"}]}");
}

/* Too many ICE servers, URLs or calls. */
static void
check_count_limit (const char *head, const char *item, guint max, const char *tail)
{
  for (guint extra = 0; extra < 2; extra++) {
    g_autoptr (GString) json = g_string_new (head);
    g_autoptr (GError) error = NULL;
    for (guint i = 0; i < max + extra; i++)
      g_string_append_printf (json, "%s%s", i > 0 ? "," : "", item);
    g_string_append (json, tail);
    g_autoptr (CallMessage) message = parse (CALL_MESSAGE_ANSWER, json->str, &error);
    g_assert_cmpint (message != NULL, ==, extra == 0);
    if (extra == 0)
      g_assert_no_error (error);
    else
      g_assert_error (error, CALL_MESSAGE_ERROR, CALL_MESSAGE_ERROR_INVALID);
  }
}

static void
test_counts (void)
{
  check_count_limit ("{\"iceServers\":[", "{\"urls\":\"stun:a\"}", CALL_MESSAGE_MAX_ICE_SERVERS, "]}");
  check_count_limit ("{\"iceServers\":[{\"urls\":[", "\"stun:a\"", CALL_MESSAGE_MAX_ICE_SERVERS, "]}]}");
  check_count_limit ("[",
      "{\"callId\":\"c1\",\"callType\":\"audio\",\"channelName\":\"x\",\"status\":\"active\",\"caller\":" USER_A
      ",\"receiver\":" USER_B "}",
      CALL_MESSAGE_MAX_CALLS, "]");
}

static void
test_names (void)
{
  CallMessageType type;

  for (guint i = 0; i < CALL_MESSAGE_ANSWER; i++) {
    g_assert_true (call_message_type_from_string (call_message_type_to_string (i), &type));
    g_assert_cmpuint (type, ==, i);
  }
  g_assert_false (call_message_type_from_string ("answer", &type)); /* no event */
  g_assert_false (call_message_type_from_string ("call-Start", &type));
  g_assert_false (call_message_type_from_string ("", &type));
  g_assert_false (call_message_type_from_string (NULL, &type));
  g_assert_null (call_message_type_to_string (CALL_MESSAGE_COUNT));
}

/* Each event and each member of the messages above is on the page that tells of them. */
static void
test_documented (void)
{
  g_autoptr (GRegex) member = g_regex_new ("\"(\\w+)\":", 0, 0, NULL);
  g_autofree char *page = NULL;

  if (g_getenv ("G_TEST_SRCDIR") == NULL) {
    g_test_skip ("run by meson test, which says where the sources are");
    return;
  }
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "docs", "protocol", "call-messages.md", NULL);
  g_assert_true (g_file_get_contents (path, &page, NULL, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (full); i++) {
    g_autoptr (GMatchInfo) match = NULL;
    if (full[i].type != CALL_MESSAGE_ANSWER)
      g_assert_nonnull (strstr (page, full[i].name));
    if (full[i].type == CALL_MESSAGE_CALL_QUALITY) /* its members are anybody's */
      continue;
    for (g_regex_match (member, full[i].json, 0, &match); g_match_info_matches (match);
         g_match_info_next (match, NULL)) {
      g_autofree char *name = g_match_info_fetch (match, 1);
      g_test_message ("%s: %s", full[i].name, name);
      g_assert_nonnull (strstr (page, name));
    }
  }
}

/* Members that nobody knows, and members twice, are no error: the last one counts. */
static void
test_lenient (void)
{
  static const char json[] = "{\"callId\":\"c1\",\"x\":{\"y\":[1,2]},\"callId\":\"c2\",\"caller\":7}";
  g_autoptr (CallMessage) end = parse (CALL_MESSAGE_CALL_END, json, NULL);

  g_assert_cmpstr (end->call_id, ==, "c2");
  g_assert_null (end->caller.id);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/callmessage/round-trip", test_round_trip);
  g_test_add_func ("/callmessage/fields", test_fields);
  g_test_add_func ("/callmessage/signals", test_signals);
  g_test_add_func ("/callmessage/ice-urls", test_ice_urls);
  g_test_add_func ("/callmessage/start-default", test_start_default);
  g_test_add_func ("/callmessage/quality", test_quality);
  g_test_add_func ("/callmessage/answers", test_answers);
  g_test_add_func ("/callmessage/bad", test_bad);
  g_test_add_func ("/callmessage/sizes", test_sizes);
  g_test_add_func ("/callmessage/counts", test_counts);
  g_test_add_func ("/callmessage/names", test_names);
  g_test_add_func ("/callmessage/documented", test_documented);
  g_test_add_func ("/callmessage/lenient", test_lenient);
  return g_test_run ();
}
