/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tests/fuzz/fuzz.h"

#include "gst/core/sdpcheck.h"

#include <string.h>

/* The input as an SDP, as a candidate and as a PEM text. A summary that is given out keeps its promises. */

static void
check_summary (const SdpSummary *summary)
{
  gsize hex = strlen (summary->fingerprint);

  FUZZ_ASSERT (summary->n_media > 0 && summary->n_media <= SDP_CHECK_MAX_MEDIA);
  FUZZ_ASSERT (g_str_has_prefix (summary->fingerprint_hash, "sha-"));
  FUZZ_ASSERT (hex == 32 * 3 - 1 || hex == 48 * 3 - 1 || hex == 64 * 3 - 1);
  for (guint i = 0; i < summary->n_media; i++) {
    FUZZ_ASSERT (*summary->media[i].kind != '\0');
    FUZZ_ASSERT (memchr (summary->media[i].mid, '\0', sizeof summary->media[i].mid) != NULL);
    FUZZ_ASSERT ((guint) summary->media[i].direction <= SDP_DIRECTION_INACTIVE);
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) sdp_error = NULL, candidate_error = NULL;
  SdpSummary summary;
  gboolean usable;

  gboolean good = sdp_check ((const char *) data, size, 65536, &summary, &sdp_error);
  FUZZ_ASSERT (good == (sdp_error == NULL));
  if (good) {
    check_summary (&summary);
    FUZZ_ASSERT (!sdp_fingerprint_matches (&summary, data, size));
  }
  gboolean known = sdp_candidate_check (text, &usable, &candidate_error);
  FUZZ_ASSERT (known == (candidate_error == NULL) && (known || !usable));
  g_autoptr (GBytes) der = sdp_certificate_from_pem (text);
  FUZZ_ASSERT (der == NULL || g_bytes_get_size (der) > 0);
  return 0;
}
