#pragma once

#include <fmt/format.h>

#include <initializer_list>
#include <string>
#include <string_view>

namespace crmsync::log {

/// Parts of the program whose level can be set one by one.
enum class Area { daemon, config, net, graph, ews, match, store, sync, schedule, admin, sql };

enum class Level { error, warn, info, debug };

/// A named value of a log line. Names are the metric label names.
struct Field {
    template <class T>
    Field(std::string_view n, const T& v) : name(n), value(fmt::format("{}", v))
    {}
    std::string_view name;
    std::string value;
};

/// One line to standard error: time, level, area, the sentence, then `name=value` fields.
/// Above debug no subject, body, correspondent's address, category label, token or cursor.
void write(Level level, Area area, std::string_view sentence,
           std::initializer_list<Field> fields = {});

bool enabled(Level level, Area area);
void set_level(Level level);
void set_level(Area area, Level level);

/// "debug" for all areas, "sql=debug", or several of these with commas: the later wins. What is
/// wrong with it, and then nothing is set; empty when it is fine.
std::string set_levels(std::string_view text);

inline void error(Area a, std::string_view s, std::initializer_list<Field> f = {})
{
    write(Level::error, a, s, f);
}
inline void warn(Area a, std::string_view s, std::initializer_list<Field> f = {})
{
    write(Level::warn, a, s, f);
}
inline void info(Area a, std::string_view s, std::initializer_list<Field> f = {})
{
    write(Level::info, a, s, f);
}
inline void debug(Area a, std::string_view s, std::initializer_list<Field> f = {})
{
    if (enabled(Level::debug, a))
        write(Level::debug, a, s, f);
}

} // namespace crmsync::log
