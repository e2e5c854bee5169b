#include "base/log.hpp"

#include "base/text.hpp"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <utility>
#include <vector>

namespace crmsync::log {

namespace {

constexpr std::array<std::string_view, 11> area_names = {"daemon",   "config", "net",   "graph",
                                                         "ews",      "match",  "store", "sync",
                                                         "schedule", "admin",  "sql"};
constexpr std::array<std::string_view, 4> level_names = {"error", "warn", "info", "debug"};

struct AreaLevel {
    std::atomic<Level> value{Level::info};
};

AreaLevel& level_of(Area area)
{
    static std::array<AreaLevel, area_names.size()> levels;
    return levels[static_cast<std::size_t>(area)];
}

/// spdlog only brings lines to standard error, with the time; levels are ours, by area.
spdlog::logger& sink()
{
    static spdlog::logger logger = [] {
        spdlog::logger made("crmsync", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        made.set_formatter(std::make_unique<spdlog::pattern_formatter>(
            "%Y-%m-%dT%H:%M:%S.%eZ %v", spdlog::pattern_time_type::utc));
        made.set_level(spdlog::level::trace);
        made.flush_on(spdlog::level::trace);
        return made;
    }();
    return logger;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

/// One event stays one line, whatever a value holds.
void append_escaped(std::string& line, std::string_view text, bool quoted)
{
    for (const char c : text) {
        if (c == '\n')
            line += "\\n";
        else if (is_control(c))
            line += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        else if (quoted && (c == '"' || c == '\\'))
            line.append({'\\', c});
        else
            line += c;
    }
}

bool needs_quotes(std::string_view value)
{
    if (value.empty())
        return true;
    for (const char c : value)
        if (c == ' ' || c == '"' || c == '=' || c == '\\' || is_control(c))
            return true;
    return false;
}

} // namespace

bool enabled(Level level, Area area)
{
    return level <= level_of(area).value.load(std::memory_order_relaxed);
}

void set_level(Level level)
{
    for (std::size_t area = 0; area < area_names.size(); ++area)
        set_level(static_cast<Area>(area), level);
}

void set_level(Area area, Level level) { level_of(area).value = level; }

std::string set_levels(std::string_view text)
{
    const auto index_of = [](const auto& names, std::string_view name) {
        return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) -
                                        names.begin());
    };
    std::vector<std::pair<std::size_t, Level>> wanted; // all areas: one behind the last
    for (const std::string_view part : split(text, ',')) {
        const std::string_view word = trim(part);
        const std::size_t equals = std::min(word.find('='), word.size());
        const bool one_area = equals < word.size();
        const std::size_t area =
            one_area ? index_of(area_names, trim(word.substr(0, equals))) : area_names.size();
        const std::size_t level =
            index_of(level_names, trim(one_area ? word.substr(equals + 1) : word));
        if (one_area && area == area_names.size())
            return fmt::format("\"{}\" names no area; they are {}", word,
                               fmt::join(area_names, ", "));
        if (level == level_names.size())
            return fmt::format("\"{}\" names no level; they are {}", word,
                               fmt::join(level_names, ", "));
        wanted.emplace_back(area, static_cast<Level>(level));
    }
    for (const auto& [area, level] : wanted) {
        if (area == area_names.size())
            set_level(level);
        else
            set_level(static_cast<Area>(area), level);
    }
    return "";
}

void write(Level level, Area area, std::string_view sentence, std::initializer_list<Field> fields)
{
    if (!enabled(level, area))
        return;
    std::string line = fmt::format("{:<5} {:<8} ", level_names[static_cast<std::size_t>(level)],
                                   area_names[static_cast<std::size_t>(area)]);
    append_escaped(line, sentence, false);
    const char* gap = "  ";
    for (const Field& field : fields) {
        line.append(gap).append(field.name).append("=");
        gap = " ";
        const bool quoted = needs_quotes(field.value);
        if (quoted)
            line += '"';
        append_escaped(line, field.value, quoted);
        if (quoted)
            line += '"';
    }
    sink().log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
}

} // namespace crmsync::log
