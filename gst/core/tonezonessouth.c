/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/tonezones.h"

const ToneZone tone_zones_south[] = {
    {
        .code = "au",
        .name = "Australia",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"413+438", -13},
                [TONE_RINGBACK] = {"413+438/400,0/200,413+438/400,0/2000", -13},
                [TONE_BUSY] = {"425/375,0/375", -10},
                [TONE_CONGESTION] = {"425/375,0/375,425@-10/375,0/375", -10},
                [TONE_CALL_WAITING] = {"425/200,0/200,425/200,0/4400", -10},
                [TONE_RECORD] = {"!425/1000,!0/15000,425/360,0/15000", -10},
                [TONE_INFO] = {"425/2500,0/500", -10},
                [TONE_STUTTER] = {"413+438/100,0/40", -13},
            },
    },
    {
        .code = "ke",
        .name = "Kenya",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"425", -10},
                [TONE_RINGBACK] = {"425/670,0/3000,425/1500,0/5000", -10},
                [TONE_BUSY] = {"425/200,0/600,425/200,0/600", -10},
                [TONE_CONGESTION] = {"425/200,0/600", -10},
                [TONE_INFO] = {"950/330,1400/330,1800/330,0/1000", -10},
            },
    },
    {
        .code = "nz",
        .name = "New Zealand",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"400", -10},
                [TONE_RINGBACK] = {"400+450/400,0/200,400+450/400,0/2000", -13},
                [TONE_BUSY] = {"400/500,0/500", -10},
                [TONE_CONGESTION] = {"400/250,0/250", -10},
                [TONE_CALL_WAITING] = {"!400/200,!0/3000,!400/200,!0/3000,!400/200,!0/3000,!400/200,0", -10},
                [TONE_RECORD] = {"1400/425,0/15000", -10},
                [TONE_INFO] = {"400/750,0/100,400/750,0/100,400/750,0/100,400/750,0/400", -10},
                [TONE_STUTTER] = {"!400/100,!0/100,!400/100,!0/100,!400/100,!0/100,400", -10},
                [TONE_UNOBTAINABLE] = {"400/75,0/100,400/75,0/100,400/75,0/100,400/75,0/400", -10},
            },
    },
    {
        .code = "za",
        .name = "South Africa",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"400*33", -10},
                [TONE_RINGBACK] = {"400*33/400,0/200,400*33/400,0/2000", -10},
                [TONE_BUSY] = {"400/500,0/500", -10},
                [TONE_CONGESTION] = {"400/250,0/250", -10},
                [TONE_CALL_WAITING] = {"400*33/250,0/250,400*33/250,0/250,400*33/250,0/250,400*33/250,0/250", -10},
                [TONE_RECORD] = {"1400/500,0/10000", -10},
                [TONE_INFO] = {"950/330,1400/330,1800/330,0/1000", -10},
            },
    },
    {NULL},
};
