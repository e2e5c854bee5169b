#pragma once

#include "unit/match/situation.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace crmsync::test {

/// An item in a situation, and the decision about it in words.
struct Row {
    const char* situation;
    Item item;
    KnownItem known;
    match::Circumstances where;
    const char* expected;
};

inline void check(const std::vector<Row>& rows, const Candidates& candidates = customers())
{
    for (const Row& row : rows) {
        INFO(row.situation);
        CHECK(in_words(decide(row.item, row.known, candidates, row.where)) == row.expected);
    }
}

inline MessageBuilder tagged() { return message().categories({"Blue", "CRM Track"}); }
/// Among colleagues: refused to a rule, allowed to a person. Tells hand tags from rules' tags.
inline MessageBuilder internal() { return tagged().from("lee@contoso.example"); }

} // namespace crmsync::test
