#include "support/doubts.hpp"

#include "base/text.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <stdexcept>

namespace crmsync::test {

namespace {

std::vector<std::string> asked_for()
{
    std::vector<std::string> names;
    const char* given = std::getenv("CRMSYNC_SIM");
    for (const std::string_view name : split(given ? given : "", ','))
        if (!trim(name).empty())
            names.emplace_back(trim(name));
    return names;
}

} // namespace

const std::vector<std::pair<std::string, std::function<void(sim::Switches&)>>>& doubts()
{
    static const std::vector<std::pair<std::string, std::function<void(sim::Switches&)>>> all{
        {"ignore_if_match", [](auto& s) { s.ignore_if_match = true; }},
        {"whole_message_on_patch", [](auto& s) { s.whole_message_on_patch = true; }},
        {"partial_delta_items", [](auto& s) { s.partial_delta_items = true; }},
        {"no_extended_in_later_rounds", [](auto& s) { s.no_extended_in_later_rounds = true; }},
        {"lose_categories_on_send", [](auto& s) { s.lose_categories_on_send = true; }},
        {"keep_modified_time", [](auto& s) { s.keep_modified_time = true; }},
        {"touch_after_write", [](auto& s) { s.touch_after_write = true; }},
        {"reverse_categories", [](auto& s) { s.reverse_categories = true; }},
        {"master_spelling", [](auto& s) { s.master_spelling = true; }},
        {"bad_request_on_double", [](auto& s) { s.bad_request_on_double = true; }},
        {"ignore_page_size", [](auto& s) { s.ignore_page_size = true; }},
        {"lower_case_property_ids", [](auto& s) { s.lower_case_property_ids = true; }},
        {"resync_with_location", [](auto& s) { s.resync_with_location = true; }},
        {"keep_old_pages", [](auto& s) { s.keep_old_pages = true; }},
        {"replay_rounds", [](auto& s) { s.replay_rounds = true; }},
        {"repeat_every", [](auto& s) { s.repeat_every = 2; }},
        {"empty_page_every", [](auto& s) { s.empty_page_every = 2; }}};
    return all;
}

void turn_on_doubts(sim::Switches& switches)
{
    for (const std::string& name : asked_for()) {
        const auto found = std::find_if(doubts().begin(), doubts().end(),
                                        [&](const auto& doubt) { return doubt.first == name; });
        if (found == doubts().end())
            throw std::invalid_argument("CRMSYNC_SIM: the simulator has no switch " + name);
        found->second(switches);
    }
}

bool in_doubt(std::string_view doubt)
{
    const std::vector<std::string> names = asked_for();
    return std::find(names.begin(), names.end(), doubt) != names.end();
}

bool cannot_hold(std::string_view doubt, std::string_view why)
{
    if (!in_doubt(doubt))
        return false;
    std::cout << "cannot hold under " << doubt << ": " << why << " ("
              << Catch::getResultCapture().getCurrentTestName() << ")\n";
    return true;
}

} // namespace crmsync::test
