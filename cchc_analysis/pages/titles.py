"""Titles of the pages, long for the page itself and short for links."""

TITLES = {
    "overview": ("Kết quả thực hiện kế hoạch cải cách hành chính", "How the administrative-reform plan stands"),
    "processing_time": ("Thời gian giải quyết thủ tục hành chính", "Processing time of administrative procedures"),
    "digitisation": ("Số hóa và dịch vụ công trực tuyến", "Digitisation and online service"),
    "satisfaction": ("Mức độ hài lòng của người dân, doanh nghiệp", "Satisfaction of citizens and businesses"),
    "service_quality": ("Chất lượng phục vụ người dân, doanh nghiệp", "Quality of service to citizens and businesses"),
    "indices": ("Tự chấm điểm và các chỉ số cải cách hành chính", "Self-scoring and administrative-reform indices"),
    "published": ("Số liệu công bố về giải quyết thủ tục hành chính", "Published figures on administrative procedures"),
    "data_quality": ("Chất lượng dữ liệu", "Data quality"),
    "explore": ("Khám phá số liệu", "Exploring the figures"),
}
"""Page → (Vietnamese, English) title."""

SHORT_TITLES = {
    "overview": ("Kết quả kế hoạch", "The plan"),
    "processing_time": ("Thời gian giải quyết", "Processing time"),
    "digitisation": ("Số hóa, trực tuyến", "Digitisation"),
    "satisfaction": ("Mức độ hài lòng", "Satisfaction"),
    "service_quality": ("Chất lượng phục vụ", "Service quality"),
    "indices": ("Chỉ số, tự chấm điểm", "Indices"),
    "published": ("Số liệu công bố", "Published figures"),
    "data_quality": ("Chất lượng dữ liệu", "Data quality"),
}
"""Page → (Vietnamese, English) words of a link."""
