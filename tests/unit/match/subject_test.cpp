#include "match/subject.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

using crmsync::match::normalised_subject;
using crmsync::match::read_subject;

namespace {

struct Row {
    const char* subject;
    const char* stripped;
    bool forward;
    bool reply;
};

} // namespace

TEST_CASE("prefixes, counters and bracket tags come off, and the outermost one counts")
{
    const Row rows[] = {
        {"Offer", "Offer", false, false},
        {"", "", false, false},
        {"RE: Offer", "Offer", false, true},
        {"re:Offer", "Offer", false, true},
        {"Re : Offer", "Offer", false, true},
        {"FW: Offer", "Offer", true, false},
        {"Fwd: Offer", "Offer", true, false},
        {"AW: WG: Angebot", "Angebot", false, true},
        {"WG: AW: Angebot", "Angebot", true, false},
        {"TR: Offre", "Offre", true, false},
        {"RIF: Offerta", "Offerta", false, true},
        {"SV: Tilbud", "Tilbud", false, true},
        {"VS: Tilbud", "Tilbud", true, false},
        {"VB: Offert", "Offert", true, false},
        {"ODP: Oferta", "Oferta", false, true},
        {"PD: Oferta", "Oferta", true, false},
        {"RV: Oferta", "Oferta", true, false},
        {"Antw: Offerte", "Offerte", false, true},
        {"YNT: Teklif", "Teklif", false, true},
        {"ENC: Proposta", "Proposta", true, false},
        {"RES: Proposta", "Proposta", false, true},
        {"REF: Offre", "Offre", false, true},
        {"回复: 报价", "报价", false, true},
        {"转发：报价", "报价", true, false},
        {"RE： Offer", "Offer", false, true},
        {"Re[2]: Offer", "Offer", false, true},
        {"RE (3): Offer", "Offer", false, true},
        {"Re^4: Offer", "Offer", false, true},
        {"RE2: Offer", "Offer", false, true},
        {"[EXTERNAL] RE: Offer", "Offer", false, true},
        {"RE: [EXTERNAL] FW: [Extern] Offer", "Offer", false, true},
        {"[EXTERNAL] FW: RE: Offer", "Offer", true, false},
        {"[EXTERNAL]", "[EXTERNAL]", false, false},
        {"RE:", "", false, true},
        {"RE: RE: RE:", "", false, true},
        {"Report: RE: Offer", "Report: RE: Offer", false, false},
        {"Reach: a new offer", "Reach: a new offer", false, false},
        {"Offer: RE", "Offer: RE", false, false},
        {"12:30 lunch", "12:30 lunch", false, false},
        {"(3): Offer", "(3): Offer", false, false},
        {"[2]: Offer", ": Offer", false, false},
        {"RE[2: Offer", "RE[2: Offer", false, false},
        {": Offer", ": Offer", false, false},
        {"  RE:   Offer  ", "Offer", false, true},
    };
    for (const Row& row : rows) {
        INFO(row.subject);
        const auto subject = read_subject(row.subject);
        CHECK(subject.stripped == row.stripped);
        CHECK(subject.is_forward == row.forward);
        CHECK(subject.is_reply == row.reply);
    }
}

TEST_CASE("subjects of one thread are equal when normalised")
{
    CHECK(normalised_subject("RE: [EXTERNAL]  Offer   for  Ärger") ==
          normalised_subject("offer for ÄRGER"));
    CHECK(normalised_subject("Offer 1") != normalised_subject("Offer 2"));
}

TEST_CASE("a subject of a megabyte of prefixes is read to its end")
{
    std::string subject;
    for (int i = 0; i < 100'000; ++i)
        subject += "RE: FW: ";
    CHECK(read_subject(subject + "Offer").stripped == "Offer");
    CHECK(read_subject(std::string(1'000'000, '[')).stripped.size() == 1'000'000);
}

TEST_CASE(
    "whatever bytes a subject holds, reading it ends, and reading what is left changes nothing")
{
    CHECK(rc::check("subject", [] {
        std::string subject;
        for (const std::string& piece : *rc::gen::container<std::vector<std::string>>(
                 rc::gen::oneOf(rc::gen::string<std::string>(),
                                rc::gen::element<std::string>("RE", ":", "FW: ", "[", "]", "(3)",
                                                              "：", "回复", " ", "\xff", "[X] "))))
            subject += piece;
        const auto once = read_subject(subject);
        RC_ASSERT(read_subject(once.stripped).stripped == once.stripped);
        RC_ASSERT(subject.find(once.stripped) != std::string::npos);
        RC_ASSERT(!(once.is_forward && once.is_reply));
        RC_ASSERT(normalised_subject(once.stripped) == normalised_subject(subject));
    }));
}
