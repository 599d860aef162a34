"""Words that never leave by a channel, by language: the illness, what hurts, who treats and with what, the study.

Each language has all of its own, even where another has the same word: whoever adds a word sees which are missing.
"""

INTERNATIONAL = "international"
PARTS = {
    # what means the same wherever it stands in a word, so that compounds are caught too
    INTERNATIONAL: (
        "osteogen", "imperfecta", "osteopor", "diagnos", "symptom", "transplant", "mesenchym", "skelet", "ambulan",
        "bisfosfon", "bisphosphon", "zoledron", "pamidron", "paracetamol", "ibuprofen", "morfin", "morphin", "opioid",
        "placebo", "röntgen", "roentgen",
    ),
    "sv": (
        "fraktur", "benskör", "benbrott", "brutit", "brutet", "skelett", "infusion", "terapi", "behandl", "medicin",
        "läkemedel", "sjukdom", "sjukhus", "sjukvård", "klinik", "klinisk", "patient", "smärt", "stamcell", "gravid",
        "operation", "läkare", "sjuksköt", "fysio", "akutmottag", "forskning", "hälso", "genetisk", "biverkning",
        "rullstol", "ryggrad", "revben", "lårben", "svullnad", "svullen", "blåmärk", "värktablett", "vårdcentral",
        "studie", "insjukn", "barnmorsk",
    ),
    "en": (
        "fractur", "brittle", "infusion", "therap", "medicin", "medication", "hospital", "clinic", "patient", "x-ray",
        "xray", "x ray", "stem cell", "pregnan", "operation", "surgery", "surgical", "injur", "physio", "disease",
        "illness", "treatment", "health", "genetic", "research", "side effect", "adverse", "wheelchair", "vertebra",
        "swelling", "swollen", "bruise", "painkill", "midwife", "prenatal",
    ),
    "de": (
        "fraktur", "glasknoch", "knochen", "knochenbruch", "beinbruch", "armbruch", "rippenbruch", "gebrochen",
        "infusion", "therap", "behandl", "medizin", "medikament", "krankheit", "krankenhaus", "klinik", "klinisch",
        "patient", "schmerz", "stammzell", "schwanger", "operation", "verletz", "physio", "notaufnahme", "forschung",
        "gesundheit", "genetisch", "nebenwirkung", "rollstuhl", "wirbels", "schwellung", "geschwollen", "bluterguss",
        "prellung", "studie", "erkrank", "kinderarzt", "kinderärzt", "hebamme", "arzneimittel",
    ),
    "nl": (
        "fractuur", "broosbot", "broze bot", "botbreuk", "beenbreuk", "armbreuk", "gebroken", "infusie", "infuus",
        "therapie", "behandel", "medicijn", "medicatie", "ziekte", "ziekenhuis", "kliniek", "klinisch", "patiënt",
        "pijn", "stamcel", "zwanger", "operatie", "verwond", "gewond", "fysio", "onderzoek", "gezondheid",
        "genetisch", "bijwerking", "rolstoel", "wervel", "zwelling", "gezwollen", "kneuzing", "studie", "huisarts",
        "kinderarts", "verloskund", "symptoom", "geneesmiddel",
    ),
}
WHOLE_WORDS = {
    # what is harmless inside other words (Musik, chart, geben, verboten); not nl "been": English is full of it
    INTERNATIONAL: ("oi", "dr", "prof", "dna", "mri", "mrt", "scan", "biopsi", "biopsy", "biopsie"),
    "sv": (
        "ben", "benet", "benen", "bruten", "dos", "dosen", "doser", "studier", "ont", "värk", "sjuk", "sjuka", "vård",
        "vården", "sjuksyster", "feber", "död", "döda", "dött", "gips", "gipset", "skadad", "skadade", "skadan",
        "armen", "journalen", "dropp", "höft", "höften", "handled", "fostret",
    ),
    "en": (
        "bone", "bones", "broke", "broken", "break", "breaks", "pain", "pains", "painful", "ill", "sick", "doctor",
        "doctors", "nurse", "nurses", "drug", "drugs", "dose", "doses", "trial", "trials", "study", "studies", "ward",
        "rib", "ribs", "femur", "tibia", "spine", "leg", "legs", "arm", "arms", "fever", "death", "died", "dead",
        "withdrawn", "hurt", "hurts", "physician", "physicians", "wrist", "hip", "cells", "fetus", "foetus", "wound",
    ),
    "de": (
        "dosis", "dosen", "studien", "bruch", "brüche", "bein", "beine", "arme", "arzt", "ärzte", "ärztin", "ärztinnen",
        "pflegekraft", "pflegekräfte", "krank", "kranke", "fieber", "tod", "tot", "gestorben", "verstorben", "gips",
        "rippe", "rippen", "weh", "wunde", "wunden", "hüfte", "handgelenk", "zellen", "spritze", "fötus",
    ),
    "nl": (
        "bot", "botten", "breuk", "breuken", "benen", "armen", "arts", "artsen", "dokter", "dokters",
        "verpleegkundige", "verpleegkundigen", "ziek", "zieke", "koorts", "dood", "overleden", "dosis", "doses",
        "dosering", "gips", "rib", "ribben", "wond", "wonden", "heup", "pols", "cellen", "prik", "foetus",
    ),
}
