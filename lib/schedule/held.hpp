#pragma once

#include "schedule/fleet.hpp"
#include "sync/turn_memory.hpp"

namespace crmsync::schedule {

/// A mailbox under our lease.
struct Fleet::Held {
    Mailbox mailbox;
    Fence fence;
    Timestamp since{}; ///< held by this process
    std::unique_ptr<Connector> connector;
    std::optional<Timestamp> due; ///< nothing: waits for a person
    int failures_in_row = 0;
    std::string said;                     ///< the failure that was logged and has not gone since
    std::optional<Timestamp> owing_since; ///< a category is owed after each turn from then on
    Timestamp began{};                    ///< its latest turn
    bool working = false;
    bool woken = false;  ///< news came while it was worked on
    bool reread = false; ///< somebody may have changed its row: look before the next turn
    bool let_go = false; ///< leave as soon as the turn has ended
    bool first_turn = true;
    int untracks_held = 0;   ///< removals that wait for a person, as of its latest turn
    Timestamp account_due{}; ///< when to ask the directory (again)
    std::optional<Timestamp> account_heard_at;
    Timestamp mark_due{}; ///< when to look at the installation's mark again
    sync::TurnMemory memory;
    bool renaming = false; ///< its items still get the present names of our categories
    std::string language; ///< of its user; asked for only where the settings have names by language
    std::optional<Timestamp> language_at;
    bool categories_missing = false; ///< from the mailbox's list, and that was said
};

} // namespace crmsync::schedule
