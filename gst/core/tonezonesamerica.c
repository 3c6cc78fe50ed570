/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/tonezones.h"

const ToneZone tone_zones_america[] = {
    {
        .code = "us",
        .name = "United States of America",
        .source = "ITU-T E.300 series Supplement 3 (1988), North American precise audible tone plan",
        .tones =
            {
                [TONE_DIAL] = {"350+440", -13},
                [TONE_RINGBACK] = {"440+480/2000,0/4000", -19},
                [TONE_BUSY] = {"480+620/500,0/500", -24},
                [TONE_CONGESTION] = {"480+620/250,0/250", -24},
                [TONE_CALL_WAITING] = {"440/300,0/10000", -13},
                [TONE_RECORD] = {"1400/500,0/15000", -16},
                [TONE_INFO] = {"!950/330,!1400/330,!1800/330,0", -13},
                [TONE_STUTTER] = {"!350+440/100,!0/100,!350+440/100,!0/100,!350+440/100,!0/100,350+440", -13},
                [TONE_RECALL] = {"!350+440/100,!0/100,!350+440/100,!0/100,!350+440/100,!0/100,350+440", -13},
            },
    },
    {NULL},
};
