#pragma once

#include "match/categories.hpp"
#include "unit/match/situation.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

// What the tests of linked items share.
namespace crmsync::test {

/// What is decided of a linked item, on one line.
struct LinkedRow {
    const char* situation;
    Item item;
    KnownItem known;
    const char* expected;
};

inline Candidates with_labels()
{
    return customers()
        .label_by_name("fabrikam", {2})
        .label_by_name("adventure works", {1})
        .label_by_prefix("f", {2, 21})
        .label_by_name("nowhere", {});
}

inline void check(const std::vector<LinkedRow>& rows)
{
    for (const LinkedRow& row : rows) {
        INFO(row.situation);
        CHECK(in_words(decide(row.item, row.known, with_labels(), later(Mode::all))) ==
              row.expected);
    }
}

inline MessageBuilder carrying(std::vector<std::string> categories)
{
    return message().categories(std::move(categories));
}

} // namespace crmsync::test
