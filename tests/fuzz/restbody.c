/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tests/fuzz/fuzz.h"

#include "gst/core/callmessage.h"
#include "tools/call-server/agora-token.h"
#include "tools/call-server/calls-arguments.h"
#include "tools/call-server/failure.h"
#include "tools/call-server/json.h"
#include "tools/call-server/quality-report.h"

#include <math.h>
#include <string.h>

/* The input as a body: of each request that has one. What a verb takes is in its range, what it refuses is a 400. */

static void
check_refusal (gboolean taken, GError *error)
{
  FUZZ_ASSERT (taken == (error == NULL));
  if (taken)
    return;
  FUZZ_ASSERT (error->domain == FAILURE_ERROR && failure_text ((Failure) error->code)->status == 400);
  FUZZ_ASSERT (*error->message != '\0' && g_utf8_validate (error->message, -1, NULL));
  g_error_free (error);
}

static gboolean
is_word (const char *text, const char *one, const char *other)
{
  return g_str_equal (text, one) || g_str_equal (text, other);
}

static void
check_start (JsonObject *body)
{
  GError *error = NULL;
  g_autofree char *target = NULL;
  const char *type = NULL;
  gboolean taken = arguments_read_start (body, &target, &type, &error);
  FUZZ_ASSERT (taken == (target != NULL));
  FUZZ_ASSERT (!taken || (*target != '\0' && is_word (type, "audio", "video")));
  check_refusal (taken, error);
}

static void
check_rejection (JsonObject *body)
{
  GError *error = NULL;
  const char *reason = NULL, *message = NULL;
  gboolean taken = arguments_read_rejection (body, &reason, &message, &error);
  FUZZ_ASSERT (!taken || reason == NULL || strlen (reason) <= CALL_MESSAGE_MAX_TEXT);
  FUZZ_ASSERT (!taken || message == NULL || strlen (message) <= CALL_MESSAGE_MAX_TEXT);
  check_refusal (taken, error);
}

static void
check_rating (JsonObject *body)
{
  GError *error = NULL;
  int rating = 0;
  gboolean taken = arguments_read_rating (body, &rating, &error);
  FUZZ_ASSERT (!taken || (rating >= 1 && rating <= 5));
  check_refusal (taken, error);
}

static void
check_agora (JsonObject *body)
{
  GError *error = NULL;
  const char *channel = NULL;
  g_autofree char *uid = NULL;
  gboolean publisher = FALSE;
  gboolean taken = arguments_read_agora (body, &channel, &uid, &publisher, &error);
  FUZZ_ASSERT (taken == (uid != NULL));
  FUZZ_ASSERT (!taken || (*channel != '\0' && strlen (uid) <= AGORA_MAX_UID));
  check_refusal (taken, error);
}

static void
check_quality (JsonObject *body)
{
  static const double max[QUALITY_FIGURES] = {[QUALITY_BITRATE] = 32e11,
      [QUALITY_LOSS] = 100,
      [QUALITY_LATENCY] = 60000,
      [QUALITY_JITTER] = 60000,
      [QUALITY_MOS] = 5};
  GError *error = NULL;
  QualityReport *report = quality_report_read (body, &error);
  check_refusal (report != NULL, error);
  if (report == NULL)
    return;
  for (guint i = 0; i < QUALITY_FIGURES; i++) {
    double figure = report->figures[i];
    FUZZ_ASSERT (isnan (figure) || (figure >= (i == QUALITY_MOS ? 1 : 0) && figure <= max[i]));
  }
  FUZZ_ASSERT (strlen (report->text) <= QUALITY_REPORT_MAX_BYTES);
  quality_report_free (report);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) body = json_object_from_text ((const char *) data, (gssize) size, &error);
  FUZZ_ASSERT ((body == NULL) == (error != NULL));
  if (body == NULL)
    return 0;
  g_autofree char *text = json_object_to_text (body);
  g_autoptr (JsonObject) again = json_object_from_text (text, -1, NULL);
  FUZZ_ASSERT (again != NULL);
  g_autofree char *text_again = json_object_to_text (again);
  FUZZ_ASSERT (g_str_equal (text, text_again));
  check_start (body);
  check_rejection (body);
  check_rating (body);
  check_agora (body);
  check_quality (body);
  return 0;
}
