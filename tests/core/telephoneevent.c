/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/telephonesender.h"

#include <string.h>

#define RATE 48000

/* ---- the payload ---- */

/* RFC 4733, 2.3: event, end bit, volume, duration. */
static void
test_payload (void)
{
  static const struct
  {
    guint8 bytes[TELEPHONE_EVENT_SIZE];
    TelephoneEvent event;
  } rows[] = {
      {{0x01, 0x0a, 0x03, 0xc0}, {1, 10, FALSE, 960}},
      {{0x0b, 0x8a, 0x12, 0xc0}, {11, 10, TRUE, 4800}},
      {{0x10, 0x3f, 0xff, 0xff}, {16, 63, FALSE, 0xffff}},
  };
  guint8 written[TELEPHONE_EVENT_SIZE];
  TelephoneEvent event;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_assert_true (telephone_event_read (&event, rows[i].bytes, sizeof rows[i].bytes));
    g_assert_cmpuint (event.event, ==, rows[i].event.event);
    g_assert_cmpuint (event.volume, ==, rows[i].event.volume);
    g_assert_cmpint (event.end, ==, rows[i].event.end);
    g_assert_cmpuint (event.duration, ==, rows[i].event.duration);
    telephone_event_write (&event, written);
    g_assert_cmpmem (written, sizeof written, rows[i].bytes, sizeof rows[i].bytes);
  }
  g_assert_false (telephone_event_read (&event, rows[0].bytes, 3));
  /* The reserved bit says nothing. */
  g_assert_true (telephone_event_read (&event, (const guint8[]){5, 0x40, 0, 1}, 4));
  g_assert_false (event.end);
  g_assert_cmpuint (event.volume, ==, 0);
}

static void
test_digits (void)
{
  g_assert_cmpint (telephone_event_from_digit ('0'), ==, 0);
  g_assert_cmpint (telephone_event_from_digit ('9'), ==, 9);
  g_assert_cmpint (telephone_event_from_digit ('*'), ==, 10);
  g_assert_cmpint (telephone_event_from_digit ('#'), ==, 11);
  g_assert_cmpint (telephone_event_from_digit ('d'), ==, 15);
  g_assert_cmpint (telephone_event_from_digit ('E'), ==, -1);
  g_assert_cmpint (telephone_event_from_digit ('\0'), ==, -1);
  for (guint i = 0; i < TELEPHONE_EVENT_KEYS; i++)
    g_assert_cmpint (telephone_event_from_digit (telephone_event_to_digit (i)), ==, (int) i);
  g_assert_cmpint (telephone_event_to_digit (16), ==, '\0');
}

/* ---- from packets to presses ---- */

/* A packet of a key: "t<timestamp> <event> d<duration> [E] [M]"; of sound: "s<timestamp>". What it changes: "+5"
 * pressed, "-5" released. */
typedef struct
{
  const char *packet;
  const char *changes;
} Step;

typedef struct
{
  const char *name;
  Step steps[12];
} Story;

static const Story stories[] = {
    {"a press", {{"t100 5 d960 M", "+5"}, {"t100 5 d1920", ""}, {"t100 5 d2880 E", "-5"}, {"t100 5 d2880 E", ""},
                    {"t100 5 d2880 E", ""}, {"s3940", ""}}},
    {"the first packets are lost", {{"t100 5 d1920", "+5"}, {"t100 5 d2880 E", "-5"}, {"t100 5 d2880 E", ""}}},
    {"only an end comes", {{"s0", ""}, {"t100 5 d2880 E", "+5-5"}, {"t100 5 d2880 E", ""}}},
    {"two keys",
        {{"t100 1 d960 M", "+1"}, {"t100 1 d960 E", "-1"}, {"t9000 2 d960 M", "+2"}, {"t9000 2 d960 E", "-2"}}},
    {"one key twice",
        {{"t100 1 d960 M", "+1"}, {"t100 1 d960 E", "-1"}, {"t9000 1 d960 M", "+1"}, {"t9000 1 d960 E", "-1"}}},
    {"the ends are lost, another key",
        {{"t100 1 d960 M", "+1"}, {"t9000 2 d960 M", "-1+2"}, {"t9000 2 d1920 E", "-2"}}},
    {"the ends are lost, only the other's end", {{"t100 1 d960 M", "+1"}, {"t9000 2 d1920 E", "-1+2-2"}}},
    {"the ends are lost, the same key",
        {{"t100 1 d960 M", "+1"}, {"t9000 1 d960 M", "-1+1"}, {"t9000 1 d960 E", "-1"}}},
    {"the ends are lost, sound goes on", {{"t100 1 d960 M", "+1"}, {"s2020", ""}, {"s25060", ""}, {"s26020", "-1"},
                                             {"s26980", ""}, {"t100 1 d960 E", ""}}},
    {"sound beside the key",
        {{"t100 1 d960 M", "+1"}, {"s1060", ""}, {"t100 1 d1920", ""}, {"s2020", ""}, {"t100 1 d1920 E", "-1"}}},
    {"packets change places",
        {{"t100 1 d1920", "+1"}, {"t100 1 d960 M", ""}, {"t100 1 d1920 E", "-1"}, {"t100 1 d1920", ""},
            {"t9000 2 d960 M", "+2"}, {"t100 1 d1920 E", ""}, {"t9000 2 d960 E", "-2"}}},
    {"longer than the field", {{"t100 1 d960 M", "+1"}, {"t100 1 d65535", ""}, {"t65635 1 d960", ""},
                                  {"t65635 1 d65535", ""}, {"t131170 1 d480 E", "-1"}, {"t131170 1 d480 E", ""}}},
    {"cut where a packet ends", {{"t100 1 d65280 M", "+1"}, {"t65380 1 d960", ""}, {"t65380 1 d1920 E", "-1"}}},
    {"the last of a segment is lost", {{"t100 1 d62000 M", "+1"}, {"t65635 1 d960", ""}, {"t65635 1 d960 E", "-1"}}},
    {"late packets of a segment", {{"t100 1 d64320 M", "+1"}, {"t65635 1 d960", ""}, {"t100 1 d65535", ""},
                                      {"t65635 1 d960 E", "-1"}, {"t100 1 d65535", ""}}},
    {"timestamps come round", {{"t4294967000 7 d960 M", "+7"}, {"t4294967000 7 d1920 E", "-7"},
                                  {"t5000 8 d960 M", "+8"}, {"t4294967000 7 d1920 E", ""}, {"t5000 8 d960 E", "-8"}}},
    {"after half a round of timestamps",
        {{"t100 1 d960 E", "+1-1"}, {"s500000", ""}, {"t2200000000 2 d960 E", "+2-2"}}},
    {"none of a telephone's keys", {{"t100 16 d960 M", ""}, {"t100 16 d960 E", ""}, {"t9000 3 d960 E", "+3-3"}}},
    {"two events at one time", {{"t100 1 d960 M", "+1"}, {"t100 2 d960 M", ""}, {"t100 1 d960 E", "-1"}}},
};

static guint
run_step (TelephoneKeys *keys, const char *text, guint clock_rate, TelephoneKeyChange *changes)
{
  TelephonePacket packet = {.clock_rate = clock_rate, .media_rate = RATE};
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  packet.timestamp = (guint32) g_ascii_strtoull (words[0] + 1, NULL, 10);
  if (words[0][0] == 's')
    return telephone_keys_pass (keys, packet.timestamp, RATE, changes);
  packet.event.event = (guint8) g_ascii_strtoull (words[1], NULL, 10);
  packet.event.duration = (guint16) g_ascii_strtoull (words[2] + 1, NULL, 10);
  packet.marker = g_strv_contains ((const gchar *const *) words, "M");
  packet.event.end = g_strv_contains ((const gchar *const *) words, "E");
  return telephone_keys_push (keys, &packet, changes);
}

static char *
print_changes (const TelephoneKeyChange *changes, guint n)
{
  GString *text = g_string_new ("");

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%c%u", changes[i].start ? '+' : '-', changes[i].key);
  return g_string_free (text, FALSE);
}

static void
test_story (gconstpointer data)
{
  const Story *story = data;
  TelephoneKeys keys = {0};
  TelephoneKeyChange changes[TELEPHONE_KEYS_MAX_CHANGES];

  for (guint i = 0; i < G_N_ELEMENTS (story->steps) && story->steps[i].packet != NULL; i++) {
    guint n = run_step (&keys, story->steps[i].packet, RATE, changes);
    g_autofree char *text = print_changes (changes, n);
    g_test_message ("%s: %s", story->steps[i].packet, text);
    g_assert_cmpstr (text, ==, story->steps[i].changes);
  }
}

/* 8000 Hz beside sound of 48000 Hz: the duration of the key is six times as many ticks of the sound. */
static void
test_other_rate (void)
{
  TelephoneKeys keys = {0};
  TelephoneKeyChange changes[TELEPHONE_KEYS_MAX_CHANGES];

  g_assert_cmpuint (run_step (&keys, "t100 1 d4000 M", 8000, changes), ==, 1);
  g_assert_cmpuint (keys.length, ==, 24000);
  g_assert_cmpuint (run_step (&keys, "s47000", 8000, changes), ==, 0);
  g_assert_cmpuint (run_step (&keys, "s49000", 8000, changes), ==, 1);
}

/* ---- sending ---- */

static char *
send_all (TelephoneSender *sender, guint32 first, guint packets, guint step)
{
  GString *text = g_string_new ("");
  TelephonePacket packet;

  for (guint i = 0; i < packets; i++) {
    if (!telephone_sender_next (sender, first + i * step, &packet))
      g_string_append_c (text, 's');
    else
      g_string_append_printf (text, "[%u %u %u%s%s]", packet.event.event, (packet.timestamp - first) / step,
          packet.event.duration, packet.marker ? " M" : "", packet.event.end ? " E" : "");
  }
  return g_string_free (text, FALSE);
}

static void
test_send (void)
{
  static const struct
  {
    const char *digits;
    guint clock_rate, duration, gap, packets;
    const char *sent;
  } rows[] = {
      {"5", 48000, 60, 40, 9, "[5 0 960 M][5 0 1920][5 0 2880 E][5 0 2880 E][5 0 2880 E]ssss"},
      {"1#", 48000, 40, 100, 15,
          "[1 0 960 M][1 0 1920 E][1 0 1920 E][1 0 1920 E]sss[11 7 960 M][11 7 1920 E][11 7 1920 E][11 7 1920 E]ssss"},
      /* shorter than a packet; no gap, but the end three times */
      {"12", 48000, 10, 0, 7, "[1 0 480 M E][1 0 480 E][1 0 480 E][2 3 480 M E][2 3 480 E][2 3 480 E]s"},
      {"d", 8000, 40, 20, 5, "[15 0 160 M][15 0 320 E][15 0 320 E][15 0 320 E]s"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    TelephoneSender sender;
    g_autofree char *sent = NULL;
    telephone_sender_init (&sender, rows[i].clock_rate, RATE);
    g_assert_true (telephone_sender_add (&sender, rows[i].digits, rows[i].duration, rows[i].gap));
    g_assert_false (telephone_sender_is_idle (&sender));
    sent = send_all (&sender, G_MAXUINT32 - 1000, rows[i].packets, 960); /* comes round */
    g_assert_cmpstr (sent, ==, rows[i].sent);
    g_assert_true (telephone_sender_is_idle (&sender));
  }
}

static void
test_refused (void)
{
  TelephoneSender sender;
  g_autofree char *many = g_strnfill (TELEPHONE_SENDER_MAX, '1');

  telephone_sender_init (&sender, RATE, RATE);
  g_assert_false (telephone_sender_add (&sender, "", 100, 70));
  g_assert_false (telephone_sender_add (&sender, "12x", 100, 70));
  g_assert_true (telephone_sender_is_idle (&sender));
  g_assert_true (telephone_sender_add (&sender, many, 100, 70));
  g_assert_false (telephone_sender_add (&sender, "1", 100, 70));
}

/* What is sent is heard, whatever is lost: of each press at least one packet must come. */
static void
test_both_ways (void)
{
  static const char pressed[] = "159#0*AD";

  for (guint lost = 0; lost < 5; lost++) {
    TelephoneSender sender;
    TelephoneKeys keys = {0};
    TelephoneKeyChange changes[TELEPHONE_KEYS_MAX_CHANGES];
    TelephonePacket packet;
    g_autoptr (GString) starts = g_string_new ("");
    g_autoptr (GString) ends = g_string_new ("");
    telephone_sender_init (&sender, RATE, RATE);
    g_assert_true (telephone_sender_add (&sender, pressed, lost % 2 ? 5000 : 100, 70));
    for (guint i = 0, sent = 0, idle = 0; idle < 50; i++) { /* a second of sound behind it */
      gboolean event = telephone_sender_next (&sender, i * 960, &packet);
      guint n;
      idle += telephone_sender_is_idle (&sender);
      if (event && sent++ % 5 < lost)
        continue;
      n = event ? telephone_keys_push (&keys, &packet, changes) : telephone_keys_pass (&keys, i * 960, RATE, changes);
      for (guint k = 0; k < n; k++)
        g_string_append_c (changes[k].start ? starts : ends, telephone_event_to_digit (changes[k].key));
    }
    g_test_message ("%u of 5 lost: %s", lost, starts->str);
    g_assert_cmpstr (starts->str, ==, pressed);
    g_assert_cmpstr (ends->str, ==, pressed);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/telephoneevent/payload", test_payload);
  g_test_add_func ("/telephoneevent/digits", test_digits);
  for (guint i = 0; i < G_N_ELEMENTS (stories); i++) {
    g_autofree char *path = g_strconcat ("/telephoneevent/keys/", stories[i].name, NULL);
    g_test_add_data_func (path, &stories[i], test_story);
  }
  g_test_add_func ("/telephoneevent/other-rate", test_other_rate);
  g_test_add_func ("/telephoneevent/send", test_send);
  g_test_add_func ("/telephoneevent/refused", test_refused);
  g_test_add_func ("/telephoneevent/both-ways", test_both_ways);
  return g_test_run ();
}
