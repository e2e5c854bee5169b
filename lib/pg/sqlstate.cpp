#include "pg/sqlstate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace crmsync::pg {
namespace {

constexpr std::array meanings{
    // The lease was taken by another process: raised by sync.fence().
    Meaning{"CS001", Reaction::give_back, "lease.lost"},

    // Two transactions stood in each other's way; nothing was kept, the same again will work.
    Meaning{"40", Reaction::retry, "pg.serialization"},    // any rollback the server decided on
    Meaning{"40001", Reaction::retry, "pg.serialization"}, // serialization failure
    Meaning{"40P01", Reaction::retry, "pg.serialization"}, // deadlock
    Meaning{"55P03", Reaction::retry, "pg.serialization"}, // lock not available
    Meaning{"55006", Reaction::retry, "pg.serialization"}, // object in use

    // The statement took too long, or someone cancelled it.
    Meaning{"57014", Reaction::retry, "pg.timeout"},

    // The server is not there, not yet there, or sends us away. It may come back.
    Meaning{"08", Reaction::retry, "pg.unreachable"},    // connection exceptions
    Meaning{"57", Reaction::retry, "pg.unreachable"},    // operator intervention
    Meaning{"57P01", Reaction::retry, "pg.unreachable"}, // shutting down, or session terminated
    Meaning{"57P02", Reaction::retry, "pg.unreachable"}, // another session crashed
    Meaning{"57P03", Reaction::retry, "pg.unreachable"}, // starting up
    Meaning{"57P05", Reaction::retry, "pg.unreachable"}, // session was idle too long
    Meaning{"25P03", Reaction::retry, "pg.unreachable"}, // transaction was idle too long
    Meaning{"53300", Reaction::retry, "pg.unreachable"}, // too many connections
    Meaning{"25006", Reaction::retry, "pg.unreachable"}, // a standby: the primary is elsewhere
    Meaning{"26000", Reaction::retry,
            "pg.unreachable"}, // prepared statement gone: session replaced

    // The server cannot at the moment.
    Meaning{"53", Reaction::retry, "pg.resources"}, // disk full, out of memory
    Meaning{"58", Reaction::retry, "pg.resources"}, // input/output errors
    Meaning{"XX", Reaction::retry, "pg.resources"}, // internal errors, damaged data

    // This item cannot be stored; the next one can.
    Meaning{"22", Reaction::set_aside, "pg.bad_value"},  // a value its type does not take
    Meaning{"54", Reaction::set_aside, "pg.bad_value"},  // larger than a limit of the server
    Meaning{"23", Reaction::set_aside, "pg.constraint"}, // a rule between rows is broken

    // A person must set something up.
    Meaning{"28", Reaction::stop, "pg.refused"},        // wrong user or password
    Meaning{"3D", Reaction::stop, "pg.no_database"},    // no such database
    Meaning{"57P04", Reaction::stop, "pg.no_database"}, // dropped under our feet
    Meaning{"42501", Reaction::stop, "pg.permission"},  // a GRANT is missing

    // Statement and schema do not fit: a mistake of ours, or migrations are missing.
    Meaning{"42", Reaction::stop, "pg.statement"}, // syntax, unknown table or column
    Meaning{"3F", Reaction::stop, "pg.statement"}, // unknown schema
    Meaning{"0A", Reaction::stop, "pg.statement"}, // not supported
    Meaning{"21", Reaction::stop, "pg.statement"}, // two rows where one was expected
    Meaning{"25", Reaction::stop, "pg.statement"}, // wrong state of the transaction
    Meaning{"2B", Reaction::stop, "pg.statement"}, // something still depends on it
    Meaning{"55", Reaction::stop, "pg.statement"}, // object not in the required state
    Meaning{"P0", Reaction::stop, "pg.statement"}, // raised by a function of the schema
};

constexpr Meaning unknown{"", Reaction::retry, "pg.unknown"};

} // namespace

const Meaning& meaning_of(std::string_view sqlstate)
{
    const auto find = [](std::string_view code) {
        return std::ranges::find(meanings, code, &Meaning::code);
    };
    if (const auto exact = find(sqlstate); exact != meanings.end())
        return *exact;
    if (const auto group = find(sqlstate.substr(0, 2)); group != meanings.end())
        return *group;
    return unknown;
}

std::string public_message(std::string_view sqlstate, std::string_view primary)
{
    std::string text(primary);
    // Class 22 quotes the value itself; a value may hold quotes, so the outermost pair counts.
    if (sqlstate.starts_with("22")) {
        const auto first = text.find('"');
        if (first != std::string::npos) {
            const auto last = text.rfind('"');
            // "invalid byte sequence for encoding "UTF8": 0xc3 0x28" goes on with the bytes.
            const bool bytes_follow = sqlstate == "22021" || sqlstate == "22P05";
            text = text.substr(0, first) + "…" + (bytes_follow ? "" : text.substr(last + 1));
        }
    }
    for (char& c : text)
        if (std::iscntrl(static_cast<unsigned char>(c)))
            c = ' ';
    text.erase(std::find_if(text.rbegin(), text.rend(), [](char c) { return c != ' '; }).base(),
               text.end());
    return text;
}

Failure failure_of(std::string_view sqlstate, std::string_view primary, std::string_view where)
{
    const Meaning& meaning = meaning_of(sqlstate);
    const std::string_view advice =
        meaning.name == "pg.permission"
            ? "; let the role in database.url own the database, or migrate with the one that does"
            : "";
    return Failure(
        meaning.reaction, std::string(meaning.name),
        fmt::format("{}: {} ({}){}", where, public_message(sqlstate, primary), sqlstate, advice));
}

std::string_view sqlstate_in(std::string_view message)
{
    const auto is_code = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); };
    // Severity, colon, two spaces, code, colon. The severity is translated, the rest is not.
    for (auto at = message.find(":  "); at != std::string_view::npos;
         at = message.find(":  ", at + 1)) {
        const auto rest = message.substr(at + 3);
        if (rest.size() > 5 && rest[5] == ':' && std::ranges::all_of(rest.substr(0, 5), is_code))
            return rest.substr(0, 5);
    }
    return {};
}

} // namespace crmsync::pg
