#include "store/csv.hpp"

namespace crmsync::store {
namespace {

/// Reads one row at a time from `text`, counting lines.
class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}

    bool at_end() const { return at_ >= text_.size(); }

    CsvRow row()
    {
        CsvRow row;
        row.line = line_;
        const std::size_t begin = at_;
        const std::int64_t begin_line = line_;
        bool more = true;
        while (more) {
            std::string field;
            const bool quoted = !at_end() && text_[at_] == '"';
            if (quoted && !quoted_field(field)) {
                at_ = begin;
                line_ = begin_line;
                skip_line();
                row.broken = "a quote is not closed, or text follows a closing quote";
                return row;
            }
            if (!quoted)
                plain_field(field, row.broken);
            row.fields.push_back(std::move(field));
            more = !at_end() && text_[at_] == ',';
            if (more)
                ++at_;
        }
        end_of_line();
        return row;
    }

private:
    void plain_field(std::string& field, std::string& broken)
    {
        while (!at_end() && text_[at_] != ',' && !at_line_end()) {
            if (text_[at_] == '"')
                broken = "a quote inside a field that does not begin with one";
            field += text_[at_++];
        }
    }

    /// False when the quote is not closed, or closed in the middle of the field.
    bool quoted_field(std::string& field)
    {
        for (++at_; !at_end(); ++at_) {
            if (text_[at_] != '"') {
                if (text_[at_] == '\n')
                    ++line_;
                field += text_[at_];
                continue;
            }
            if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
                field += '"';
                ++at_;
                continue;
            }
            ++at_;
            return at_end() || text_[at_] == ',' || at_line_end();
        }
        return false;
    }

    bool at_line_end() const
    {
        return text_[at_] == '\n' ||
               (text_[at_] == '\r' && (at_ + 1 >= text_.size() || text_[at_ + 1] == '\n'));
    }

    void end_of_line()
    {
        if (!at_end() && text_[at_] == '\r')
            ++at_;
        if (!at_end() && text_[at_] == '\n')
            ++at_;
        ++line_;
    }

    void skip_line()
    {
        while (!at_end() && text_[at_] != '\n')
            ++at_;
        end_of_line();
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::int64_t line_ = 1;
};

} // namespace

std::vector<CsvRow> read_csv(std::string_view text)
{
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (text.starts_with(byte_order_mark))
        text.remove_prefix(byte_order_mark.size());
    std::vector<CsvRow> rows;
    Reader reader(text);
    while (!reader.at_end()) {
        CsvRow row = reader.row();
        const bool blank =
            row.fields.size() == 1 && row.fields.front().empty() && row.broken.empty();
        if (!blank)
            rows.push_back(std::move(row));
    }
    return rows;
}

} // namespace crmsync::store
